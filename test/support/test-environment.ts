import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/**
 * The environment of Jest over a plain global object. Its own is a proxy behind interceptors, which every mention of `Math` or
 * `Map` passes: a loop of arithmetic takes 30 times as long there.
 */
export default class PlainGlobalEnvironment extends TestEnvironment {
  constructor(...args: ConstructorParameters<typeof TestEnvironment>) {
    const { createContext, constants } = vm;
    let made = 0;
    const plainContext = (): vm.Context => {
      made += 1;
      return createContext(constants.DONT_CONTEXTIFY);
    };
    // Jest has no setting for it, and all that it puts into the context has to be put into this one.
    Object.assign(vm, { createContext: plainContext });
    try {
      super(...args);
    } finally {
      Object.assign(vm, { createContext });
    }
    if (made !== 1)
      throw new Error('Jest makes the context of a test in another way now: mend test/support/test-environment.ts');
  }
}
