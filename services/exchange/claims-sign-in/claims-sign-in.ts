import type { FastifyRequest } from 'fastify'
import type { VerifiedAssertion } from '#shared/saml/verified-assertion.ts'
import { signOutUrl } from '#shared/ws-federation/sign-in-url.ts'
import type { ClaimsSignInConfig } from '../config.ts'
import { ExchangeError } from '../errors.ts'
import { claimsSettingsOf } from '../organization/claims-settings.ts'
import type { ExchangeParts } from '../parts.ts'
import type { Evidence } from '../web-session/session.ts'
import type { AcceptedSignIn, VirtualDirectory, WebSignIn } from '../web-session/web-sign-in.ts'
import type { AssertionGate } from './accept-assertion.ts'
import { findDirectoryUser } from './directory-user.ts'
import { federationCookies } from './federation-cookies.ts'
import { mayComeFrom, returnPathOf, signInRequestUrl } from './sign-in-request.ts'

const primarySid = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid'
const upn = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'

/**
 * AD FS claims-based authentication of OWA and ECP ("Use AD FS claims-based authentication with Outlook on the web").
 * Owns the redirect to AD FS, the check of its answer and the cookies; where the person goes next is not its business.
 */
export function claimsSignIn(parts: ExchangeParts, initially: ClaimsSignInConfig): WebSignIn {
  const { context, sealingKey, singleUse, organization } = parts
  let gate: { readonly settings: string; readonly opened: Promise<AssertionGate> } | undefined
  const current = () => claimsSettingsOf(organization, initially)
  const openGate = (config: ClaimsSignInConfig) => {
    const settings = JSON.stringify(config)
    // The XML libraries take longer to load than the rest of the service.
    if (gate?.settings !== settings) {
      const opened = import('./accept-assertion.ts').then((module) => module.assertionGate(context, config, singleUse))
      gate = { settings, opened }
    }
    return gate.opened
  }
  return {
    cookies: federationCookies(sealingKey, context.random),
    challenge: async (request, _reply, directory) =>
      signInRequestUrl({
        adfsIssuer: (await current()).adfsIssuer,
        host: request.host,
        directory,
        pathAndQuery: request.url,
        now: context.clock.now(),
      }),
    isAnswer: (form) => form.wa === 'wsignin1.0',
    accept: async (request, _reply, directory) => {
      const config = await current()
      return accept(request, directory, { parts, config, gate: await openGate(config) })
    },
    settle: () => {},
    signOutUrl: async () => signOutUrl({ endpoint: (await current()).adfsIssuer }),
    forget: () => {
      gate = undefined
    },
  }
}

interface Acceptance {
  readonly parts: ExchangeParts
  readonly config: ClaimsSignInConfig
  readonly gate: AssertionGate
}

async function accept(
  request: FastifyRequest,
  directory: VirtualDirectory,
  { parts, config, gate }: Acceptance,
): Promise<AcceptedSignIn> {
  const { wresult, wctx } = request.body as Record<string, unknown>
  if (!mayComeFrom(request.headers.referer, config.adfsIssuer))
    throw new ExchangeError('loginTimeout', `the Referer ${request.headers.referer} is no page of ${config.adfsIssuer}`)
  const assertion = await gate.accept(typeof wresult === 'string' ? wresult : '')
  const sid = assertion.attributes.get(primarySid)?.[0]
  if (!sid)
    throw new ExchangeError('noUserInToken', `the assertion has no claim ${primarySid}: check the issuance rules`)
  const user = await findDirectoryUser(parts.context, {
    host: config.directoryHost,
    by: { sid },
    requestId: request.id,
    correlationId: request.correlationId,
  })
  if (!user) throw new ExchangeError('noMailbox', `no account has the security identifier ${sid}`)
  request.recording.note({ user: user.userPrincipalName })
  if (!user.enabled)
    throw new ExchangeError('accountDisabled', `${user.userPrincipalName} is disabled in the directory`)
  return {
    userPrincipalName: user.userPrincipalName,
    recipient: await parts.recipients.findRecipient('objectGuid', user.objectGuid),
    returnTo: returnPathOf(wctx, directory),
    evidence: evidenceOf(assertion, request),
  }
}

function evidenceOf(assertion: VerifiedAssertion, request: FastifyRequest): readonly Evidence[] {
  const path =
    request.caller.service === 'wap' ? 'through Web Application Proxy' : `directly, in zone ${request.caller.zone}`
  return [
    { label: 'Signed in by', value: `AD FS, WS-Federation (${assertion.issuer})` },
    { label: 'Audience', value: assertion.audience },
    { label: 'Authentication method', value: assertion.authenticationMethod },
    { label: 'Authenticated at', value: assertion.authenticationInstant.toISOString() },
    { label: 'Claim primarysid', value: assertion.attributes.get(primarySid)?.join(', ') ?? '' },
    { label: 'Claim upn', value: assertion.attributes.get(upn)?.join(', ') ?? '' },
    { label: 'Signing certificate', value: assertion.certificateThumbprint },
    { label: 'The answer arrived', value: path },
  ]
}
