import type { RequestedAccess } from '../authorize/requested-access.ts'
import type { Decision } from '../conditional-access/decision.ts'
import type { EntraConfig } from '../config.ts'
import type { EntraError } from '../errors.ts'
import type { Person } from '../people/people.ts'
import { clientAppTypeOf } from '../sign-in/access-signals.ts'
import { conditionalAccessStatus, needsMultifactor } from '../sign-in/sign-in-record.ts'
import type { AuthenticationDetail, NewSignIn } from '../sign-in-log/sign-in-log.ts'
import type { TokenRequest } from './token-request.ts'

export interface TokenSignIn {
  readonly request: TokenRequest
  readonly person?: Person | undefined
  /** As it was sent, where no account was found. */
  readonly userPrincipalName?: string | undefined
  readonly access: RequestedAccess
  readonly decision?: Decision | undefined
  readonly details?: readonly AuthenticationDetail[]
  /** Undefined for success. */
  readonly error?: EntraError | undefined
}

/** The sign-in log's row for a token request that was no part of an interactive sign-in ([Graph] signIn). */
export function tokenSignIn({ applications }: EntraConfig, signIn: TokenSignIn): NewSignIn {
  const { request, person, access, decision, error } = signIn
  const { client } = request
  const resourceId = access.resource?.appId ?? client.appId
  const kind = client.redirectUris.publicClient.length > 0 ? 'publicClient' : 'web'
  return {
    id: request.traceId,
    userDisplayName: person?.displayName ?? '',
    userPrincipalName: (person?.userPrincipalName ?? signIn.userPrincipalName ?? '').toLowerCase(),
    userId: person?.objectId ?? '00000000-0000-0000-0000-000000000000',
    appId: client.appId,
    appDisplayName: client.displayName,
    resourceId,
    resourceDisplayName: applications.byId(resourceId)?.displayName ?? '',
    ipAddress: request.address,
    clientAppUsed: clientAppTypeOf(kind) === 'browser' ? 'Browser' : 'Mobile Apps and Desktop clients',
    userAgent: request.userAgent,
    correlationId: request.correlationId,
    isInteractive: false,
    conditionalAccessStatus: conditionalAccessStatus(decision),
    evaluated: decision?.evaluated,
    authenticationRequirement: needsMultifactor(decision) ? 'multiFactorAuthentication' : 'singleFactorAuthentication',
    authenticationDetails: signIn.details ?? [],
    status: error
      ? { errorCode: error.facts.aadsts, failureReason: error.message, additionalDetails: error.reason }
      : { errorCode: 0, failureReason: 'Other.' },
  }
}
