/** What a function tells the people and machines that watch it. */
export interface Journal {
  readonly tell: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** Worth a look this week. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
  readonly count: (metric: 'ChangesOrdered' | 'ChangesApplied' | 'ChangesFailed', value: number) => void;
}
