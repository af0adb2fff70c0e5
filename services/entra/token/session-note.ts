import type { RedirectKind } from '../applications/application.ts'
import type { AuthenticationFlow } from '../conditional-access/signals.ts'
import type { Authentication } from '../sign-in/browser-session.ts'

/** What an access token says of the sign-in it comes of, to whoever issued it: `aio`, which nobody else reads. */
export interface SessionNote {
  readonly authentication: Authentication
  readonly redirectKind: RedirectKind
  /** The application that the person used. */
  readonly clientId: string
  readonly flow?: AuthenticationFlow | undefined
  /** Of tokens whose client takes claims challenges. */
  readonly watch?: TokenWatch | undefined
}

/** What resources that evaluate access continuously compare with what is now. */
export interface TokenWatch {
  /** Critical events of the account when the token was issued. */
  readonly events: number
  /** The address that the resource saw before, where Entra ID saw another. */
  readonly resourceAddress?: string | undefined
  /** Entra ID allows the address that it sees, so the resource leaves locations alone. */
  readonly locationsSuspended?: boolean | undefined
}

const prefix = 'ATQAy/'

export function sessionNote(note: SessionNote): string {
  return prefix + Buffer.from(JSON.stringify(note)).toString('base64url')
}

/** Of a token whose signature was verified: its content is our own. */
export function readSessionNote({ aio }: { readonly aio?: unknown }): SessionNote | undefined {
  if (typeof aio !== 'string' || !aio.startsWith(prefix)) return undefined
  return JSON.parse(Buffer.from(aio.slice(prefix.length), 'base64url').toString()) as SessionNote
}
