import { ProtocolError } from '#shared/errors.ts'

export const codes = {
  malformed: 401,
  blockedByPolicy: 401,
  wrongCredentials: 401,
  noMailbox: 401,
  identityProviderUnreachable: 503,
} as const

/** Name and password were sent and nobody is let in; the public answer never says why. */
export class BasicRefusal extends ProtocolError {
  readonly status: number
  readonly code: keyof typeof codes
  /** The WWW-Authenticate lines of a 401; the place's line for Basic when nobody said more. */
  readonly challenges: readonly string[] | undefined

  constructor(
    code: keyof typeof codes,
    reason: string,
    { challenges, ...options }: ErrorOptions & { readonly challenges?: readonly string[] } = {},
  ) {
    super('', reason, options)
    this.status = codes[code]
    this.code = code
    this.challenges = challenges
  }
}
