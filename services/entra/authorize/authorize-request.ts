import { Gap } from '#shared/errors.ts'
import type { ProofKey } from '#shared/oauth/proof-key.ts'
import type { Application, RedirectKind } from '../applications/application.ts'
import { requireEnabled } from '../applications/require-enabled.ts'
import type { UserAction } from '../conditional-access/signals.ts'
import type { EntraConfig } from '../config.ts'
import { EntraError } from '../errors.ts'
import type { TenantSegment } from '../tenants.ts'
import type { EndpointVersion } from '../urls.ts'
import type { AdminConsent } from './admin-consent.ts'
import type { AuthorizeParameters } from './authorize-parameters.ts'
import { readLoginHint } from './login-hint.ts'
import { requestedProofKey } from './proof-key.ts'
import { registeredRedirect } from './redirect-uri-registered.ts'
import { type RequestedAccess, requestedAccess } from './requested-access.ts'
import { type RequestedClaims, readRequestedClaims } from './requested-claims.ts'
import { type Prompt, requestedPrompt } from './requested-prompt.ts'
import {
  isFrontChannel,
  type ResponseMode,
  type ResponseType,
  requestedResponseMode,
  requestedResponseTypes,
} from './response-type.ts'

/** Where and how a client is answered: known before anything else about its request is. */
export interface ReplyAddress {
  readonly clientId: string
  readonly redirectUri: string
  readonly redirectKind: RedirectKind
  readonly responseMode: ResponseMode
  readonly state?: string | undefined
}

/** A checked authorization request; a sign-in conversation keeps it until it can answer. */
export interface AuthorizeRequest extends ReplyAddress {
  readonly version: EndpointVersion
  readonly tenant: TenantSegment
  readonly responseTypes: readonly ResponseType[]
  readonly access: RequestedAccess
  readonly nonce?: string | undefined
  readonly prompt?: Prompt | undefined
  readonly loginHint?: string | undefined
  readonly domainHint?: string | undefined
  readonly proofKey?: ProofKey | undefined
  readonly claims?: RequestedClaims | undefined
  readonly clientInfo: boolean
  /** The sign-in leads to no application but to the page of this action ("Conditional Access: user actions"). */
  readonly userAction?: UserAction | undefined
  /** Id of the device code that is answered, in the place of a redirect (RFC 8628). */
  readonly deviceCode?: string | undefined
  /** Nobody gets tokens: an administrator grants what this lists. */
  readonly adminConsent?: AdminConsent | undefined
  /** Seconds that the sign-in may be old. */
  readonly maxAge?: number | undefined
}

/** @throws EntraError that is shown on the error page: nobody may be redirected yet. */
export function identifiedClient(
  config: EntraConfig,
  tenant: TenantSegment,
  parameters: AuthorizeParameters,
): Application {
  const clientId = parameters.client_id
  if (clientId === undefined) {
    throw new EntraError('parameterMissing', { values: { name: 'client_id' }, reason: 'client_id is missing' })
  }
  const client = config.applications.byId(clientId)
  if (!client) {
    const values = { appId: clientId, tenant: config.tenant.displayName }
    throw new EntraError('clientNotFound', {
      values,
      reason: `no application ${clientId} is registered, nor is it among Microsoft's`,
    })
  }
  requireEnabled(client)
  if (tenant.kind === 'any' && !client.multiTenant) {
    const values = { appId: client.appId, name: client.displayName }
    throw new EntraError('notMultiTenant', {
      values,
      reason: `signInAudience is AzureADMyOrg: use /${config.tenant.id}/`,
    })
  }
  return client
}

/** The part that decides where errors go; a bad response_mode falls back to the mode that errors leave in. */
export function replyAddress(client: Application, parameters: AuthorizeParameters): ReplyAddress {
  const { uri, kind } = registeredRedirect(client, parameters.redirect_uri)
  const front = isFrontChannel(parameters.response_type?.split(/\s+/) ?? [])
  const asked = parameters.response_mode
  const responseMode = asked === 'form_post' || asked === 'fragment' ? asked : front ? 'fragment' : 'query'
  return { clientId: client.appId, redirectUri: uri, redirectKind: kind, responseMode, state: parameters.state }
}

export interface RequestPlace {
  readonly version: EndpointVersion
  readonly tenant: TenantSegment
}

/** @throws EntraError that the client is told by redirect. */
export function checkedRequest(
  config: EntraConfig,
  client: Application,
  place: RequestPlace,
  parameters: AuthorizeParameters,
): AuthorizeRequest {
  if (parameters.request !== undefined || parameters.request_uri !== undefined) {
    throw new Gap('signed authorization requests (request, request_uri)', 'services/entra/README.md')
  }
  const reply = replyAddress(client, parameters)
  const responseTypes = requestedResponseTypes(client, parameters.response_type)
  const responseMode = requestedResponseMode(responseTypes, parameters.response_mode)
  if (responseTypes.includes('id_token') && parameters.nonce === undefined) {
    throw new EntraError('fieldMissing', {
      values: { name: 'nonce' },
      reason: 'an id_token is asked for, and nonce is missing',
    })
  }
  const { scope, resource } = parameters
  const access = requestedAccess(config.applications, {
    version: place.version,
    scope,
    resource,
    client,
    tenantName: config.tenant.displayName,
  })
  const loginHint = parameters.login_hint
  return {
    ...reply,
    ...place,
    responseTypes,
    responseMode,
    access,
    nonce: parameters.nonce,
    prompt: requestedPrompt(parameters.prompt, loginHint),
    loginHint: readLoginHint(loginHint),
    domainHint: parameters.domain_hint ?? parameters.whr,
    proofKey: requestedProofKey(parameters.code_challenge, parameters.code_challenge_method, reply.redirectKind),
    claims: readRequestedClaims(parameters.claims),
    clientInfo: parameters.client_info === '1',
    maxAge: requestedMaxAge(parameters.max_age),
  }
}

function requestedMaxAge(value: string | undefined): number | undefined {
  if (value === undefined || /^\d{1,9}$/.test(value)) return value === undefined ? undefined : Number(value)
  throw new EntraError('requestMalformed', { reason: `max_age "${value}" is no number of seconds` })
}
