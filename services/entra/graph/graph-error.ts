import { ProtocolError } from '#shared/errors.ts'
import { graphId } from '../applications/first-party.ts'

interface GraphFacts {
  readonly status: number
  readonly code: string
  /** Public text; `{name}` is replaced by the value of that name. */
  readonly message: string
}

/** "Microsoft Graph error responses and resource types", and texts that its clients quote. */
export const catalogue = {
  tokenEmpty: { status: 401, code: 'InvalidAuthenticationToken', message: 'Access token is empty.' },
  tokenMalformed: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'IDX14100: JWT is not well formed, there are no dots (.).',
  },
  tokenSignature: { status: 401, code: 'InvalidAuthenticationToken', message: 'Signature verification failed.' },
  tokenExpired: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Lifetime validation failed, the token is expired.',
  },
  tokenAudience: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Access token validation failure. Invalid audience.',
  },
  tokenIssuer: {
    status: 401,
    code: 'InvalidAuthenticationToken',
    message: 'Access token validation failure. Invalid issuer.',
  },
  tokenChallenged: { status: 401, code: 'InvalidAuthenticationToken', message: '{text}' },
  identityGone: {
    status: 401,
    code: 'Authorization_IdentityNotFound',
    message: 'The identity of the calling application could not be established.',
  },
  notPermitted: {
    status: 403,
    code: 'Authorization_RequestDenied',
    message: 'Insufficient privileges to complete the operation.',
  },
  delegatedOnly: {
    status: 400,
    code: 'BadRequest',
    message: '/me request is only valid with delegated authentication flow.',
  },
  notFound: {
    status: 404,
    code: 'Request_ResourceNotFound',
    message: "Resource '{id}' does not exist or one of its queried reference-property objects are not present.",
  },
  segmentNotFound: {
    status: 400,
    code: 'BadRequest',
    message: "Resource not found for the segment '{segment}'.",
  },
  versionUnknown: { status: 400, code: 'BadRequest', message: 'Invalid version: {version}.' },
  methodNotAllowed: {
    status: 405,
    code: 'Request_BadRequest',
    message: 'Specified HTTP method is not allowed for the request target.',
  },
  bodyUnreadable: {
    status: 400,
    code: 'BadRequest',
    message:
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  },
  bodyEmpty: { status: 400, code: 'BadRequest', message: 'Empty Payload. JSON content expected.' },
  bodyInvalid: { status: 400, code: 'BadRequest', message: '{problem}' },
  propertyUnknown: {
    status: 400,
    code: 'Request_BadRequest',
    message: "Property '{property}' does not exist as a declared property or extension property.",
  },
  propertyInvalid: {
    status: 400,
    code: 'Request_BadRequest',
    message: "Invalid value specified for property '{property}' of resource '{resource}'.",
  },
  propertyRequired: {
    status: 400,
    code: 'Request_BadRequest',
    message: "A value is required for property '{property}' of resource '{resource}'.",
  },
  propertyTaken: {
    status: 400,
    code: 'Request_BadRequest',
    message: 'Another object with the same value for property {property} already exists.',
  },
  synchronizedProperty: {
    status: 400,
    code: 'Request_BadRequest',
    message:
      'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  },
  referenceTaken: {
    status: 400,
    code: 'Request_BadRequest',
    message: "One or more added object references already exist for the following modified properties: '{property}'.",
  },
  requestRefused: { status: 400, code: 'Request_BadRequest', message: '{problem}' },
  conditionalAccessInvalid: { status: 400, code: 'BadRequest', message: '{problem}' },
  stateConflict: { status: 409, code: 'Conflict', message: '{problem}' },
} as const satisfies Record<string, GraphFacts>

export type GraphErrorKey = keyof typeof catalogue

export interface GraphErrorDetails {
  /** For the person whose test just failed; the message when there is nothing to add. */
  readonly reason?: string
  readonly values?: Readonly<Record<string, string>>
  /** What the client must bring to be let in again (claims challenge). */
  readonly claims?: object | undefined
}

export class GraphError extends ProtocolError {
  readonly key: GraphErrorKey
  readonly status: number
  readonly code: string
  readonly claims: object | undefined

  constructor(key: GraphErrorKey, { reason, values = {}, claims }: GraphErrorDetails = {}) {
    const facts: GraphFacts = catalogue[key]
    const message = facts.message.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
    super(message, reason ?? message)
    this.key = key
    this.status = facts.status
    this.code = facts.code
    this.claims = claims
  }
}

/** The header that goes with every 401 ("Claims challenges, claims requests, and client capabilities"). */
export function challengeOf({ claims, message }: Pick<GraphError, 'claims' | 'message'>): string {
  const parts = [
    'Bearer realm=""',
    'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    `client_id="${graphId}"`,
    ...(claims
      ? [
          'error="insufficient_claims"',
          `claims="${Buffer.from(JSON.stringify(claims)).toString('base64')}"`,
          `errorDescription="${message}"`,
        ]
      : []),
  ]
  return parts.join(', ')
}
