import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { ProtocolError } from '#shared/errors.ts'

interface RefusalFacts {
  readonly status: number
  readonly code: string
  readonly subcode: string
  readonly message: string
}

/** Bodies as the service's clients parse them; `{name}` is replaced by the value of that name. */
export const catalogue = {
  requestMalformed: {
    status: 400,
    code: 'invalid_request',
    subcode: 'error_invalid_parameter',
    message: 'The request is not valid: {problem}',
  },
  certificateRequestInvalid: {
    status: 400,
    code: 'invalid_request',
    subcode: 'error_invalid_certificate_request',
    message: 'The certificate request is not a signed PKCS #10 request for an RSA key of at least 2048 bits.',
  },
  tenantUnknown: {
    status: 404,
    code: 'invalid_request',
    subcode: 'error_missing_tenant',
    message: 'The tenant {tenant} is not found.',
  },
  tokenInvalid: {
    status: 401,
    code: 'authentication_error',
    subcode: 'error_invalid_token',
    message: 'The access token is missing, expired, or not for this service.',
  },
  multifactorRequired: {
    status: 401,
    code: 'authentication_error',
    subcode: 'error_mfa_required',
    message: 'Multifactor authentication is required to register or join a device.',
  },
  notAllowed: {
    status: 403,
    code: 'authorization_error',
    subcode: 'error_user_not_authorized',
    message: "User '{user}' is not eligible to enroll a device of type '{type}'. Reason 'NotAuthorized'.",
  },
  quotaReached: {
    status: 400,
    code: 'invalid_request',
    subcode: 'error_directory_quota_exceeded',
    message: "User '{user}' is not eligible to enroll a device of type '{type}'. Reason 'DeviceCapReached'.",
  },
  deviceMissing: {
    status: 400,
    code: 'invalid_request',
    subcode: 'error_missing_device',
    message: 'The device object by the given id ({device}) is not found.',
  },
  notYourDevice: {
    status: 403,
    code: 'authorization_error',
    subcode: 'error_user_not_authorized',
    message: "User '{user}' may not delete the device ({device}).",
  },
} as const satisfies Record<string, RefusalFacts>

export type RegistrationRefusalKey = keyof typeof catalogue

export class RegistrationRefusal extends ProtocolError {
  readonly key: RegistrationRefusalKey
  readonly status: number
  readonly code: string
  readonly facts: RefusalFacts

  constructor(key: RegistrationRefusalKey, reason: string, values: Readonly<Record<string, string>> = {}) {
    const facts: RefusalFacts = catalogue[key]
    super(
      facts.message.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder),
      reason,
    )
    this.key = key
    this.status = facts.status
    this.code = `DRS ${facts.subcode}`
    this.facts = facts
  }
}

/** The writer of the registration service. `operation` is what its clients print beside the message. */
export function registrationErrorWriter(clock: Clock) {
  return (error: ProtocolError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { code, subcode } = error instanceof RegistrationRefusal ? error.facts : otherFacts(error)
    if (error.status === 401) reply.header('www-authenticate', 'Bearer')
    return reply.code(error.status).send({
      code,
      subcode,
      message: error.message,
      operation: operations[request.method] ?? 'Discover',
      requestid: request.id,
      time: writtenTime(clock.now()),
    })
  }
}

function otherFacts({ status }: ProtocolError) {
  if (status === 503) return { code: 'service_unavailable', subcode: 'error_service_unavailable' }
  return { code: 'not_implemented', subcode: 'error_not_implemented' }
}

const operations: Readonly<Record<string, string>> = { POST: 'DeviceJoin', PUT: 'DeviceRenew', DELETE: 'DeviceDelete' }

/** `12-30-2023 17:00:40Z` */
function writtenTime(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T')
  const [year, month, day] = date.split('-')
  return `${month}-${day}-${year} ${time.slice(0, 8)}Z`
}
