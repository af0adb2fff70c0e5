import type { FastifyRequest } from 'fastify'
import type { Decision } from '../conditional-access/decision.ts'
import type { EntraConfig } from '../config.ts'
import { deviceDetail } from '../devices/device-facts.ts'
import type { AuthenticationDetail, NewSignIn } from '../sign-in-log/sign-in-log.ts'
import { clientAppTypeOf } from './access-signals.ts'
import type { Conversation } from './conversation.ts'
import { clientOf, resourceOf } from './facts.ts'

export interface SignInEnd {
  readonly conversation: Conversation
  /** 0 for success. */
  readonly errorCode: number
  readonly failureReason: string
  readonly additionalDetails?: string
  readonly decision?: Decision | undefined
  readonly person?:
    | { readonly objectId: string; readonly displayName: string; readonly userPrincipalName: string }
    | undefined
  readonly details?: readonly AuthenticationDetail[]
}

/** The sign-in log's row for one outcome: success, refusal or interrupt ([Graph] signIn). */
export function signInRecord(config: EntraConfig, request: FastifyRequest, end: SignInEnd): NewSignIn {
  const { conversation, decision, person } = end
  const { request: authorize, progress } = conversation
  const client = clientOf(config, authorize)
  const resourceId = resourceOf(authorize)
  return {
    id: request.id,
    userDisplayName: person?.displayName ?? '',
    userPrincipalName: (person?.userPrincipalName ?? progress.username ?? '').toLowerCase(),
    userId: person?.objectId ?? '00000000-0000-0000-0000-000000000000',
    appId: client.appId,
    appDisplayName: client.displayName,
    resourceId,
    resourceDisplayName: config.applications.byId(resourceId)?.displayName ?? '',
    ipAddress: request.caller.address,
    clientAppUsed:
      clientAppTypeOf(authorize.redirectKind) === 'browser' ? 'Browser' : 'Mobile Apps and Desktop clients',
    userAgent: request.headers['user-agent'] ?? '',
    deviceDetail: deviceDetail(decision?.evaluated.signals.device, request.headers['user-agent'] ?? ''),
    correlationId: conversation.correlationId,
    isInteractive: authorize.prompt !== 'none',
    conditionalAccessStatus: conditionalAccessStatus(decision),
    evaluated: decision?.evaluated,
    authenticationRequirement: needsMultifactor(decision) ? 'multiFactorAuthentication' : 'singleFactorAuthentication',
    authenticationDetails: end.details ?? [
      ...(progress.firstFactor?.details ?? []),
      ...(progress.multifactor?.details ?? []),
    ],
    status: {
      errorCode: end.errorCode,
      failureReason: end.failureReason,
      ...(end.additionalDetails !== undefined && { additionalDetails: end.additionalDetails }),
    },
  }
}

export function conditionalAccessStatus(decision: Decision | undefined): NewSignIn['conditionalAccessStatus'] {
  if (!decision || decision.applied.every(({ result }) => !['success', 'failure'].includes(result))) return 'notApplied'
  return decision.outcome === 'allow' ? 'success' : 'failure'
}

export function needsMultifactor(decision: Decision | undefined): boolean {
  return (
    decision?.applied.some(
      ({ enforcedGrantControls, result }) =>
        ['success', 'failure'].includes(result) && enforcedGrantControls.includes('mfa'),
    ) ?? false
  )
}
