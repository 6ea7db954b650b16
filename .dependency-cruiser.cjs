/** Arrows point inward: functions, cli, simulator -> workflow -> levers, guards -> capacity -> domain. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-imports-nothing',
      comment: 'The domain is the vocabulary of everything else; it knows nobody.',
      severity: 'error',
      from: { path: '^shared/domain' },
      to: { pathNot: '^shared/domain' },
    },
    {
      name: 'capacity-is-arithmetic',
      comment: 'Facts and arithmetic about capacity rest on the domain alone.',
      severity: 'error',
      from: { path: '^shared/capacity' },
      to: { pathNot: '^shared/(domain|capacity)' },
    },
    {
      name: 'deciding-is-pure',
      comment: 'Levers, guards and the evaluation see a snapshot and a policy: no adapter, no port, no SDK.',
      severity: 'error',
      from: { path: '^shared/(levers|guards|evaluation)' },
      to: { path: '^(shared/(adapters|workflow|ports|config/(load|schema))|functions|cli|simulator|node:)|@aws-sdk' },
    },
    {
      name: 'only-levers-decide',
      comment: 'An action re-reads the world and applies or refuses. It never decides, so it may not see a lever.',
      severity: 'error',
      from: { path: '^(functions/actions|shared/workflow/carry-out)' },
      to: { path: '^shared/(levers|evaluation)' },
    },
    {
      name: 'only-aws-adapters-know-the-sdk',
      comment: 'Everything else speaks through shared/ports.ts.',
      severity: 'error',
      from: { path: '^(functions|shared|cli|simulator|scripts)', pathNot: '^shared/adapters/aws' },
      to: { path: '@aws-sdk' },
    },
    {
      name: 'nothing-imports-functions',
      comment: 'The Lambdas are the outermost ring; the packaging and the tests are all that may look at them.',
      severity: 'error',
      from: { pathNot: '^(functions|test|bench|simulator|cli)' },
      to: { path: '^functions' },
    },
    {
      name: 'only-the-forecast-function-forecasts',
      comment: 'Models are fitted once an hour in a function of their own; a look reads what came of it.',
      severity: 'error',
      from: { path: '^functions/(?!triggers/forecast)' },
      to: { path: '^shared/forecast', reachable: true },
    },
    {
      name: 'production-knows-no-simulator',
      comment: 'The simulator stands behind the ports; production code must not know that it exists.',
      severity: 'error',
      from: { path: '^(functions|shared)' },
      to: { path: '^(simulator|cli|test|bench|scripts)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
