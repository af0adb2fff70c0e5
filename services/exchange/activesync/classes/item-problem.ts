/** Why one item of a Sync is refused: 4 malformed, 6 not possible, 8 not there. */
export class ItemProblem extends Error {
  override readonly name = 'ItemProblem'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
