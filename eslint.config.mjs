import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const bannedEverywhere = [
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Chance is an argument: pass a seeded generator.',
  },
];
const bannedOutsideAdapters = [
  ...bannedEverywhere,
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time is an argument: take `now: EpochMs`, or the Clock port.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time is an argument: take `now: EpochMs`, or the Clock port.',
  },
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'The environment is read in functions/environment.ts and in the command line only.',
  },
];

export default tseslint.config(
  { ignores: ['node_modules/', '.serverless/', '.esbuild/', '.venv/', 'reports/', 'coverage/', '.fulcrum/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      complexity: ['error', 15],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...bannedOutsideAdapters],
      eqeqeq: 'error',
    },
  },
  {
    // The only places that may ask for the time or the environment; each hands them on as arguments.
    files: [
      'shared/adapters/**/*.ts',
      'cli/**/*.ts',
      'scripts/**/*.ts',
      'bench/**/*.ts',
      'functions/environment.ts',
      'serverless/**/*.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...bannedEverywhere] },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    plugins: { jest },
    rules: {
      ...jest.configs['flat/recommended'].rules,
      // A law is asserted by fast-check, a contract by the shared suite.
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'fc.assert', 'expect*'] }],
      'jest/no-standalone-expect': 'off',
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', ...bannedEverywhere],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['bench/**/*.ts'], rules: { 'jest/expect-expect': 'off' } },
  // A contract suite is made to be run by several test files.
  { files: ['test/contracts/*.contract.ts'], rules: { 'jest/no-export': 'off' } },
);
