/** Why the cached mailbox stands still. `claims` is what the person's app must bring to go on. */
export class RemoteRefusal extends Error {
  override readonly name = 'RemoteRefusal'
  readonly code: 'signInRequired' | 'resourceUnknown' | 'remoteStatus' | 'unreachable' | 'protocol'
  /** HTTP status of the server on-premises. */
  readonly remoteStatus: number | undefined
  readonly claims: string | undefined

  constructor(
    code: RemoteRefusal['code'],
    message: string,
    facts: { readonly remoteStatus?: number; readonly claims?: string | undefined } = {},
  ) {
    super(message)
    this.code = code
    this.remoteStatus = facts.remoteStatus
    this.claims = facts.claims
  }
}
