import { missingConsent } from '../applications/permissions.ts'
import { missingAssignment } from '../applications/require-assignment.ts'
import type { AuthorizeRequest } from '../authorize/authorize-request.ts'
import { requestedContexts } from '../circumstances/requested-contexts.ts'
import type { Decision } from '../conditional-access/decision.ts'
import { policyAskingForDevice } from '../conditional-access/device-demand.ts'
import type { EntraConfig } from '../config.ts'
import { EntraError } from '../errors.ts'
import type { Person } from '../people/people.ts'
import { accessDecision } from './access-decision.ts'
import type { Authentication } from './browser-session.ts'
import type { Conversation, Progress } from './conversation.ts'
import { type DevicePresence, devicePresence } from './device-presence.ts'
import { liveSession } from './live-session.ts'
import { missingApproval } from './missing-approval.ts'
import type { SignInFacts } from './next-step.ts'
import { registrationFacts } from './registration-facts.ts'
import type { Exchange, SignInServices } from './services.ts'
import { rememberedChoice } from './stay-signed-in-choice.ts'

/** Reads whatever the next step depends on. */
export async function gatherFacts(
  services: SignInServices,
  { request }: Exchange,
  conversation: Conversation,
): Promise<SignInFacts> {
  const { config, domains, people, clock } = services
  const { progress, request: authorize } = conversation
  const person = progress.firstFactor && (await people.byObjectId(progress.firstFactor.objectId))
  const username = progress.firstFactor?.userPrincipalName ?? progress.username
  const device = person && (await presentedDevice(services, progress))
  const decision = person && (await decide(services, { request }, conversation, { person, device }))
  return {
    request: authorize,
    progress,
    session: await liveSession(services, request),
    domain: username === undefined ? undefined : people.domainOf(username),
    nameKnown: await isNameKnown(services, progress),
    hintedDomain: authorize.domainHint === undefined ? undefined : domains.byName(authorize.domainHint),
    person,
    decision,
    device,
    unassigned: person && missingAssignment(config.applications, person, [authorize.clientId, resourceOf(authorize)]),
    answersDeviceChallenges: conversation.answersDeviceChallenges,
    deviceWantedBy: decision && wantedBy(conversation, device, decision),
    accessPassUsable: await mayUseAccessPass(services, progress),
    registration: person && decision && (await registrationFacts(services, authorize, person, decision)),
    asksToStaySignedIn: config.keepMeSignedIn,
    staySignedInAnswer: person && rememberedChoice(request, person.objectId),
    ...(await consentFacts(services, authorize, person)),
    now: clock.now().getTime(),
  }
}

function decide(
  services: SignInServices,
  { request }: Pick<Exchange, 'request'>,
  { request: authorize, progress }: Conversation,
  known: { readonly person: Person; readonly device: DevicePresence | undefined },
): Promise<Decision> {
  return accessDecision(services, {
    ...known,
    clientId: authorize.clientId,
    resourceId: resourceOf(authorize),
    userAction: authorize.userAction,
    authenticationContexts: requestedContexts(authorize.claims),
    redirectKind: authorize.redirectKind,
    address: request.caller.address,
    userAgent: request.headers['user-agent'] ?? '',
    authentication: authenticationSoFar(progress),
    authenticationFlow: authorize.deviceCode === undefined ? undefined : 'deviceCodeFlow',
  })
}

function presentedDevice(services: SignInServices, progress: Progress): Promise<DevicePresence> {
  const { deviceId } = authenticationSoFar(progress)
  return devicePresence(services, { deviceId, answered: progress.device !== undefined })
}

/** Worked out only for a client that could answer. */
function wantedBy(
  { answersDeviceChallenges, request: { deviceCode } }: Conversation,
  device: DevicePresence | undefined,
  { evaluated: { policySet, signals } }: Decision,
): string | undefined {
  // The device of this browser is not the one that gets the tokens.
  if (!answersDeviceChallenges || deviceCode !== undefined || device?.state !== 'unidentified') return undefined
  return policyAskingForDevice(policySet, signals)?.displayName
}

/** Asked of the directory only where the answer decides: before the password of a managed domain. */
async function isNameKnown({ people }: SignInServices, { firstFactor, username }: Progress): Promise<boolean> {
  if (firstFactor || username === undefined || people.domainOf(username)?.federation) return true
  return (await people.byUserPrincipalName(username)) !== undefined
}

async function mayUseAccessPass({ securityInfo }: SignInServices, progress: Progress): Promise<boolean> {
  const { firstFactor, username, preferPassword } = progress
  if (firstFactor || preferPassword || username === undefined) return false
  return securityInfo.accessPasses.isUsableBy(username)
}

/** An application that asks for no API signs somebody in for itself. */
export function resourceOf(authorize: Pick<AuthorizeRequest, 'access' | 'clientId'>): string {
  return authorize.access.resource?.appId ?? authorize.clientId
}

/** The first factor, and the second and the device where they were proved in this conversation. */
export function authenticationSoFar({ firstFactor, multifactor, device }: Progress): Authentication {
  if (!firstFactor) throw new Error('there is no first factor yet')
  const { deviceId = firstFactor.authentication.deviceId } = device ?? {}
  const authentication = { ...firstFactor.authentication, ...(deviceId !== undefined && { deviceId }) }
  if (!multifactor) return authentication
  return {
    ...authentication,
    amr: [...new Set([...authentication.amr, ...(multifactor.amr ?? []), 'mfa'])],
    mfaAt: multifactor.at,
    combinations: [...new Set([...authentication.combinations, multifactor.combination])],
  }
}

async function consentFacts(services: SignInServices, authorize: AuthorizeRequest, person: Person | undefined) {
  if (!person) return { consentMissing: false }
  const missing = await consentNeeded(services, authorize, person.objectId)
  return {
    consentMissing: missing.length > 0,
    approvalMissing: missingApproval(services.config.applications, { authorize, person, missing }),
  }
}

export async function consentNeeded(
  { config, consents }: Pick<SignInServices, 'config' | 'consents'>,
  authorize: AuthorizeRequest,
  objectId: string,
): Promise<readonly string[]> {
  const client = clientOf(config, authorize)
  if (client.origin === 'firstParty') return []
  return missingConsent(config.applications, client, authorize.access, await consents.of(objectId, client.appId))
}

/** The client of a request that was checked before; an administrator may have deleted it since. */
export function clientOf(config: EntraConfig, { clientId }: Pick<AuthorizeRequest, 'clientId'>) {
  const client = config.applications.byId(clientId)
  if (!client) {
    const values = { appId: clientId, tenant: config.tenant.displayName }
    throw new EntraError('clientNotFound', { values, reason: 'the application was deleted during the sign-in' })
  }
  return client
}
