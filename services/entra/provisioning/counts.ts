/** What became of one object of a cycle. */
export type Change = 'added' | 'updated' | 'unchanged'

export interface SynchronizationCounts {
  readonly added: number
  readonly updated: number
  readonly deleted: number
  readonly unchanged: number
}

export function countChanges(changes: readonly Change[], deleted: number): SynchronizationCounts {
  const count = (kind: Change) => changes.filter((change) => change === kind).length
  return { added: count('added'), updated: count('updated'), deleted, unchanged: count('unchanged') }
}

/** Whether a stored row already says everything that an export says. */
export function saysTheSame(stored: Readonly<Record<string, unknown>>, exported: object): boolean {
  return Object.entries(exported).every(([column, value]) => stored[column] === value)
}
