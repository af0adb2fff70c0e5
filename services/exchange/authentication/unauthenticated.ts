import { ProtocolError } from '#shared/errors.ts'

/** A request that says nothing of who sends it, or nothing yet: 401 with the ways to say it. */
export class Unauthenticated extends ProtocolError {
  readonly status = 401
  readonly code: string = 'unauthenticated'
  readonly headers: Readonly<Record<string, string | string[]>>

  constructor(challenges: readonly string[], reason: string, diagnostics?: string) {
    super('', reason)
    this.headers = { 'www-authenticate': [...challenges], ...(diagnostics && { 'x-ms-diagnostics': diagnostics }) }
  }
}
