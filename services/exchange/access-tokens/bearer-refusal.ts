import { ProtocolError } from '#shared/errors.ts'

/** What is wrong with a token, as `x-ms-diagnostics` says it; the numbers were seen, 2000001 stands for all that were not. */
export const catalogue = {
  unreadable: {
    code: 2_000_001,
    category: 'invalid_token',
    text: 'OAuth token submitted with the request cannot be parsed.',
  },
  invalid: { code: 2_000_001, category: 'invalid_token', text: 'The token is invalid.' },
  audience: { code: 2_000_003, category: 'invalid_resource', text: "The audience claim value is invalid '{value}'." },
  audienceHost: {
    code: 2_000_003,
    category: 'invalid_resource',
    text: "The hostname component of the audience claim value is invalid. Expected '{expected}'. Actual '{value}'.",
  },
  tenant: { code: 2_000_004, category: 'invalid_tenant', text: "The tenant for tenant guid '{value}' does not exist." },
  user: {
    code: 2_000_005,
    category: 'invalid_user',
    text: 'The user specified by the user-context in the token does not exist.',
  },
  permission: {
    code: 2_000_008,
    category: 'invalid_grant',
    text: "Access to this API requires the following permissions: '{expected}'. However, the application only has the following permissions granted: '{value}'.",
  },
  issuer: {
    code: 2_000_009,
    category: 'invalid_issuer',
    text: "The issuer of the token is unknown. Issuer was '{value}'.",
  },
} as const

export type BearerProblem = keyof typeof catalogue

export interface BearerDetails {
  /** For the person whose test just failed; the text when there is nothing to add. */
  readonly reason?: string | undefined
  readonly values?: Readonly<Record<string, string>> | undefined
  readonly cause?: unknown
}

/** A token that was sent and is not taken: 401 with a challenge and diagnostics. */
export class BearerRefusal extends ProtocolError {
  readonly status = 401
  readonly code = 'invalid_token'
  /** The whole `x-ms-diagnostics`. */
  readonly diagnostics: string

  constructor(problem: BearerProblem, { reason, values = {}, cause }: BearerDetails = {}) {
    const { code, category, text } = catalogue[problem]
    const message = text.replace(/\{(\w+)\}/g, (_, name: string) => inQuotes(values[name] ?? ''))
    super(message, reason ?? message, { cause })
    this.diagnostics = `${code};reason="${message}";error_category="${category}"`
  }
}

/** A token that was good and is not any more: its client is to bring one with these claims. */
export class ClaimsChallenge extends ProtocolError {
  readonly status = 401
  readonly code = 'insufficient_claims'
  /** JSON of the claims request. */
  readonly claims: string

  constructor(claims: object, text: string, reason: string) {
    super(text, reason)
    this.claims = JSON.stringify(claims)
  }
}

/** Either of them with the headers that go with it: what the surfaces are thrown. */
export class RefusedBearer extends ProtocolError {
  readonly status = 401
  readonly code: string
  readonly headers: Readonly<Record<string, string | string[]>>

  constructor(cause: BearerRefusal | ClaimsChallenge, challenges: readonly string[]) {
    super(cause.message, cause.reason, { cause })
    this.code = cause.code
    const diagnostics = cause instanceof BearerRefusal && { 'x-ms-diagnostics': cause.diagnostics }
    const [only = '', ...more] = challenges
    this.headers = { 'www-authenticate': more.length > 0 ? [...challenges] : only, ...diagnostics }
  }
}

/** Of a value that anybody may have written into a token: it goes into a header. */
function inQuotes(value: string): string {
  return value.replace(/[^\x20-\x7e]|["\\]/g, '?').slice(0, 300)
}
