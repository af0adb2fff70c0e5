/** Why a document is not WBXML that we read; `offset` is the byte at which reading stopped. */
export class WbxmlError extends Error {
  override readonly name = 'WbxmlError'
  readonly offset: number

  constructor(problem: string, offset: number) {
    super(`${problem} at byte ${offset}`)
    this.offset = offset
  }
}
