import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AuthorizeRequest } from '../authorize/authorize-request.ts'
import { EntraError, type EntraErrorKey } from '../errors.ts'
import { codeEntryBody } from '../pages/device-code-pages.ts'
import { sendSignInPage } from '../pages/frame.ts'
import { advance } from '../sign-in/advance.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { tenantSegment } from '../tenants.ts'
import { deviceLoginPath, loginHost, onLoginHost } from '../urls.ts'
import type { PendingDeviceCode, UserCodeLookup } from './device-codes.ts'

const codeOnly = /^[\w\s-]{1,40}$/

/** `GET|POST /common/oauth2/deviceauth`: somebody types the code that a device shows, and signs in for it. */
export function codeEntry(services: SignInServices) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const organization = services.config.tenant.displayName
    if (request.hostname !== loginHost) return reply.redirect(onLoginHost(deviceLoginPath), 302)
    const code = codeOf(request.method === 'POST' ? request.body : request.query)
    if (request.method === 'GET' || code === undefined) return sendCodeEntry(reply, { organization, code })
    refuseForeignPage(request)
    const found = await services.deviceCodes.findUserCode(code)
    if (found.state === 'pending') return signInFor(services, request, reply, found.pending)
    const error = new EntraError(refusals[found.state], { reason: `the code that was typed is ${found.state}` })
    request.recording.note({ decision: error.code, reason: error.reason })
    return sendCodeEntry(reply, { organization, code, error })
  }
}

const refusals: Readonly<Record<Exclude<UserCodeLookup['state'], 'pending'>, EntraErrorKey>> = {
  unknown: 'userCodeUnknown',
  answered: 'userCodeUnknown',
  expired: 'deviceCodeExpired',
}

function codeOf(form: unknown): string | undefined {
  const { otc } = (typeof form === 'object' && form !== null ? form : {}) as Readonly<Record<string, unknown>>
  return typeof otc === 'string' && codeOnly.test(otc) ? otc : undefined
}

/** The form belongs to our page; browsers name the origin of every form that they post. */
function refuseForeignPage({ headers: { origin } }: FastifyRequest): void {
  if (origin === undefined || origin === `https://${loginHost}`) return
  throw new EntraError('flowTokenExpired', { reason: `the form was posted from ${origin}` })
}

interface CodeEntry {
  readonly organization: string
  readonly code: string | undefined
  readonly error?: EntraError
}

function sendCodeEntry(reply: FastifyReply, { organization, code, error }: CodeEntry): FastifyReply {
  return sendSignInPage(reply, {
    pageId: 'ConvergedRemoteConnect',
    title: 'Sign in to your account',
    heading: 'Enter code to allow access',
    organization,
    body: codeEntryBody({ action: deviceLoginPath, code, error: error && inlineText(error) }),
    config: {
      urlPost: deviceLoginPath,
      ...(error && { sErrorCode: String(error.facts.aadsts), iErrorCode: error.facts.aadsts, sErrTxt: error.message }),
    },
  })
}

function inlineText(error: EntraError): string {
  return error.key === 'deviceCodeExpired'
    ? `That code has expired. Get a new one on your app or device. (${error.code})`
    : `That code didn't work. Check the code and try again. (${error.code})`
}

/** The product shows its account picker even to somebody who is signed in: nothing is approved by a click on a link. */
async function signInFor(
  services: SignInServices,
  request: FastifyRequest,
  reply: FastifyReply,
  pending: PendingDeviceCode,
): Promise<FastifyReply> {
  const { id, clientId, version, access, claims } = pending
  const authorize: AuthorizeRequest = {
    clientId,
    redirectUri: onLoginHost(deviceLoginPath),
    redirectKind: 'publicClient',
    responseMode: 'query',
    responseTypes: ['code'],
    version,
    tenant: tenantSegment(services.config, pending.tenant),
    access,
    claims,
    prompt: 'select_account',
    clientInfo: false,
    deviceCode: id,
  }
  request.recording.note({ decision: 'userCodeAccepted' })
  return advance(services, { request, reply }, services.conversations.begin(request, reply, authorize))
}
