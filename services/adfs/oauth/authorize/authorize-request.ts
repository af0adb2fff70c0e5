import { isProofKeyText, type ProofKey } from '#shared/oauth/proof-key.ts'
import type { RequestParameters } from '#shared/oauth/request-parameters.ts'
import { type RequestedMethod, requestedMethod } from '../../claims/authentication-methods.ts'
import type { Freshness } from '../../sign-in/sign-in-request.ts'
import type { ApplicationGroups } from '../applications/application-groups.ts'
import { OAuthError } from '../oauth-error.ts'
import { type RequestedAccess, requestedAccess } from '../requested-access.ts'
import type { AuthorizeParameter } from './authorize-parameters.ts'
import type { ClientAddress } from './reply-address.ts'
import { requestedAcr } from './resource-parameters.ts'
import type { ResponseType } from './response-type.ts'

type Values = RequestParameters<AuthorizeParameter>['values']

/** What an authorization request asks for, checked. */
export interface AuthorizeRequest extends ClientAddress {
  readonly responseTypes: readonly ResponseType[]
  readonly access: RequestedAccess
  readonly nonce: string | undefined
  readonly proofKey: ProofKey | undefined
  readonly silent: boolean
  readonly freshness: Freshness
  readonly method: RequestedMethod
  readonly secondFactorMaximumAge: number | undefined
  readonly idTokenHint: string | undefined
  readonly loginHint: string
}

/** @throws OAuthError, which goes to the client: its address is already known to be its own. */
export function readAuthorizeRequest(
  { values, doubled, oversized }: RequestParameters<AuthorizeParameter>,
  address: ClientAddress,
  responseTypes: readonly ResponseType[],
  groups: ApplicationGroups,
): AuthorizeRequest {
  const [odd] = [...doubled, ...oversized]
  if (odd !== undefined) {
    throw new OAuthError('parameterDoubled', { parameter: odd, reason: `${odd} came more than once, or is too long` })
  }
  const access = requestedAccess(groups, address.client, values)
  const prompts = (values.prompt ?? '').split(/\s+/)
  return {
    ...address,
    responseTypes,
    access,
    nonce: requestedNonce(values, responseTypes),
    proofKey: requestedProofKey(values),
    silent: prompts.includes('none'),
    freshness: requestedFreshness(values, prompts, access),
    method: requestedStrength(values),
    secondFactorMaximumAge: wholeNumber('mfa_max_age', values),
    idTokenHint: values.id_token_hint,
    loginHint: values.login_hint ?? values.username ?? '',
  }
}

function requestedNonce({ nonce, scope }: Values, types: readonly ResponseType[]): string | undefined {
  if (!types.includes('id_token')) return nonce
  if (!(scope ?? '').split(/[\s/]+/).includes('openid')) {
    throw new OAuthError('parameterInvalid', { parameter: 'scope', reason: 'an id_token needs the scope openid' })
  }
  if (nonce !== undefined) return nonce
  throw new OAuthError('parameterMissing', { parameter: 'nonce', reason: 'response_type=id_token needs a nonce' })
}

/** AD FS 2019; without code_challenge a code needs no proof, of public clients neither. */
function requestedProofKey({ code_challenge: challenge, code_challenge_method: method = 'plain' }: Values) {
  if (challenge === undefined) return undefined
  if (!isProofKeyText(challenge)) {
    const reason = 'code_challenge must have 43 to 128 unreserved characters'
    throw new OAuthError('parameterInvalid', { parameter: 'code_challenge', reason })
  }
  if (method === 'plain' || method === 'S256') return { challenge, method } as const
  const reason = `code_challenge_method "${method}" is neither S256 nor plain`
  throw new OAuthError('parameterInvalid', { parameter: 'code_challenge_method', reason })
}

/** Of `prompt` AD FS knows `none` and `login` and ignores the rest ([MS-OIDCE] §3.2.5.1). */
function requestedFreshness(values: Values, prompts: readonly string[], { api }: RequestedAccess): Freshness {
  const seconds = wholeNumber('max_age', values)
  if (prompts.includes('login') && prompts.includes('none')) {
    throw new OAuthError('parameterInvalid', { parameter: 'prompt', reason: 'prompt is none and login at once' })
  }
  if (prompts.includes('login')) return { kind: 'now', reason: 'prompt=login' }
  if (seconds === 0) return { kind: 'now', reason: 'max_age=0' }
  if (api.trust.settings.alwaysRequireAuthentication) {
    return { kind: 'now', reason: 'the Web API always requires authentication' }
  }
  return seconds === undefined
    ? { kind: 'any' }
    : { kind: 'maximumAge', minutes: seconds / 60, asked: `max_age=${seconds}` }
}

/** resource_params wins over acr_values, and both over amr_values ([MS-OAPX] §2.2.2). */
function requestedStrength(values: Values): RequestedMethod {
  const asked = requestedAcr(values.resource_params) ?? values.acr_values
  if (asked !== undefined) return knownMethod(asked)
  return (values.amr_values ?? '').split(/\s+/).includes('ngcmfa') ? 'multiple' : 'any'
}

function knownMethod(asked: string): RequestedMethod {
  if (asked === 'wiaormultiauthn') return 'windowsInsideOrMultiple'
  const known = asked.split(/\s+/).map((each) => requestedMethod(each))
  const method = known.find((each) => each !== undefined)
  if (method !== undefined) return method
  const reason = `AD FS has no authentication method "${asked}"`
  throw new OAuthError('parameterInvalid', { parameter: 'acr_values', reason })
}

function wholeNumber(name: 'max_age' | 'mfa_max_age', values: Values): number | undefined {
  const value = values[name]
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw new OAuthError('parameterInvalid', { parameter: name, reason: `${name}="${value}" is no number of seconds` })
}
