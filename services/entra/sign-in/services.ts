import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { ConsentStore } from '../applications/consents.ts'
import type { Circumstances } from '../circumstances/circumstances.ts'
import type { ConditionalAccessStore } from '../conditional-access/policy-store.ts'
import type { EntraConfig } from '../config.ts'
import type { DeviceCodes } from '../device-code/device-codes.ts'
import type { DeviceServices } from '../devices/device-services.ts'
import type { DomainStore } from '../domains/domain-store.ts'
import type { AccessEvaluation } from '../evaluation/access-evaluation.ts'
import type { Revocations } from '../evaluation/revocations.ts'
import type { TokenSigningKeys } from '../keys/signing-keys.ts'
import type { MfaService } from '../mfa/mfa-service.ts'
import type { SecurityInfo } from '../mfa/security-info.ts'
import type { ForcedOutcomes } from '../outcomes/forced-outcomes.ts'
import type { PasswordChanger } from '../people/password-change.ts'
import type { PasswordChecker } from '../people/password-check.ts'
import type { PeopleStore } from '../people/people.ts'
import type { SignInLog } from '../sign-in-log/sign-in-log.ts'
import type { GrantStore } from '../token/grant-store.ts'
import type { TokenSigner } from '../token/sign-token.ts'
import type { BrowserSessions } from './browser-session.ts'
import type { Conversations } from './conversation.ts'
import type { RememberedDevices } from './remembered-device.ts'

/** What the steps of a sign-in work with. */
export interface SignInServices {
  readonly config: EntraConfig
  readonly clock: Clock
  readonly random: Random
  readonly domains: DomainStore
  readonly people: PeopleStore
  readonly passwords: PasswordChecker
  readonly passwordChanges: PasswordChanger
  readonly mfa: MfaService
  readonly securityInfo: SecurityInfo
  readonly rememberedDevices: RememberedDevices
  readonly conditionalAccess: ConditionalAccessStore
  readonly circumstances: Circumstances
  readonly devices: DeviceServices
  readonly sessions: BrowserSessions
  readonly conversations: Conversations
  readonly consents: ConsentStore
  readonly signIns: SignInLog
  readonly grants: GrantStore
  readonly deviceCodes: DeviceCodes
  readonly revocations: Revocations
  readonly signer: TokenSigner
  /** What signs messages to the federation services of domains. */
  readonly keys: TokenSigningKeys
  readonly outcomes: ForcedOutcomes
  readonly evaluation: AccessEvaluation
  /** Microsoft's own services prove themselves by their machine. */
  readonly authenticateMachine: DeploymentContext['authenticateMachine']
}

/** The request that is being answered. */
export interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}
