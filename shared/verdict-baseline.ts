/** A table of decisions as a document that keeps comments and order: one of the `yaml` package. */
interface WritableTable {
  setIn(path: readonly (string | number)[], value: unknown): void
}

interface PresentVerdict {
  readonly expected: readonly string[]
  readonly got: readonly string[]
}

/** Writes what is decided now into the rows of which something else was expected; rows that could not be judged stay. */
export function expectWhatIs(table: WritableTable, verdicts: readonly PresentVerdict[]): void {
  for (const [index, { expected, got }] of verdicts.entries()) {
    if (got.includes('error') || expected.join() === got.join()) continue
    table.setIn(['verdicts', index, 'expected'], got.length === 1 ? got[0] : got)
  }
}
