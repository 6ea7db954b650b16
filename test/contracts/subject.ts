/** One implementation under test, fresh for each test. */
export interface Subject<Port> {
  readonly port: Port;
  close(): Promise<void>;
}

export const nothingToClose = (): Promise<void> => Promise.resolve();
