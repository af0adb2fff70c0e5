import type { Domain } from '#shared/scenario/world.ts'
import type { Application } from '../applications/application.ts'
import { assignmentValues } from '../applications/require-assignment.ts'
import type { AuthorizeRequest } from '../authorize/authorize-request.ts'
import type { Decision, UnmetControl } from '../conditional-access/decision.ts'
import { type EntraErrorKey, errorKeyOf } from '../errors.ts'
import { consentIsForced, forcedStep } from '../outcomes/forced-sign-in.ts'
import type { Person } from '../people/people.ts'
import type { BrowserSession, SessionAccount } from './browser-session.ts'
import type { Progress } from './conversation.ts'
import { demandStep, expiredPasswordStep } from './demand-step.ts'
import type { DevicePresence } from './device-presence.ts'
import { brokerStep, deviceStep } from './device-step.ts'
import { frequencyStep } from './frequency-step.ts'
import { type RegistrationFacts, registrationStep, strengthStep } from './registration-step.ts'

/** Everything the choice of the next step depends on. */
export interface SignInFacts {
  readonly request: Pick<
    AuthorizeRequest,
    'prompt' | 'loginHint' | 'domainHint' | 'deviceCode' | 'maxAge' | 'adminConsent'
  >
  readonly progress: Progress
  readonly session: BrowserSession | undefined
  /** The domain of the user name in play; undefined when it is none of the tenant's. */
  readonly domain: Domain | undefined
  /** Whether the directory knows the user name in play. */
  readonly nameKnown: boolean
  /** The tenant's federated domain that `domain_hint` names. */
  readonly hintedDomain: Domain | undefined
  /** Whoever passed the first factor; undefined when the account is gone. */
  readonly person: Person | undefined
  /** Conditional Access for that person; there once the first factor is. */
  readonly decision: Decision | undefined
  /** There once the first factor is. */
  readonly device?: DevicePresence | undefined
  /** The application that lets in only whom it is assigned to, when that leaves the person out. */
  readonly unassigned?: Application | undefined
  /** The client answers challenges of device authentication. */
  readonly answersDeviceChallenges?: boolean | undefined
  /** A policy that cannot be judged without knowing the device. */
  readonly deviceWantedBy?: string | undefined
  readonly asksToStaySignedIn: boolean
  /** An earlier answer that is to stand ("Don't show this again"). */
  readonly staySignedInAnswer: boolean | undefined
  readonly consentMissing: boolean
  /** What is missing, only an administrator may grant, and the person is none. */
  readonly approvalMissing?: string | undefined
  /** Whoever is named could sign in with a Temporary Access Pass, and did not decline to. */
  readonly accessPassUsable?: boolean | undefined
  readonly registration?: RegistrationFacts | undefined
  readonly now: number
}

export type NextStep =
  | { readonly step: 'identify'; readonly refusal?: EntraErrorKey; readonly reason: string }
  | { readonly step: 'chooseAccount'; readonly reason: string }
  | { readonly step: 'resumeSession'; readonly account: SessionAccount; readonly reason: string }
  /** `interrupt` is what the sign-in log says of it. */
  | { readonly step: 'signInAgain'; readonly interrupt?: EntraErrorKey; readonly reason: string }
  | { readonly step: 'password'; readonly reason: string }
  | { readonly step: 'accessPass'; readonly reason: string }
  | {
      readonly step: 'federate'
      readonly domain: Domain
      readonly demand?: 'mfa' | 'fresh' | undefined
      readonly reason: string
    }
  | {
      readonly step: 'refuse'
      readonly error: EntraErrorKey
      readonly control?: UnmetControl
      /** For the text of the error. */
      readonly values?: Readonly<Record<string, string>>
      readonly reason: string
    }
  | { readonly step: 'authenticateDevice'; readonly reason: string }
  | {
      readonly step: 'installBroker'
      readonly control: UnmetControl
      readonly platform: 'iOS' | 'android'
      readonly reason: string
    }
  | { readonly step: 'secondFactor'; readonly control: UnmetControl; readonly reason: string }
  | { readonly step: 'forgetDevice'; readonly reason: string }
  | { readonly step: 'repeatSecondFactor'; readonly reason: string }
  | { readonly step: 'changePassword'; readonly because: 'expired' | 'risk'; readonly reason: string }
  | { readonly step: 'acceptTerms'; readonly control: UnmetControl; readonly reason: string }
  | {
      readonly step: 'registerSecondFactor'
      readonly control: UnmetControl
      /** Days in which it may be put off; undefined where it may not. */
      readonly daysLeft?: number | undefined
      readonly reason: string
    }
  | { readonly step: 'securityInfo'; readonly reason: string }
  | { readonly step: 'staySignedIn'; readonly reason: string }
  | { readonly step: 'consent'; readonly reason: string }
  | { readonly step: 'confirmApplication'; readonly reason: string }
  | { readonly step: 'answer'; readonly persistent: boolean; readonly reason: string }

/** The one place that orders a sign-in. Pure: the same facts always lead to the same step. */
export function nextStep(facts: SignInFacts): NextStep {
  if (!facts.progress.firstFactor) return firstFactorStep(facts)
  if (!facts.person) return { step: 'refuse', error: 'userNotFound', reason: 'the account is gone from the directory' }
  if (!facts.person.accountEnabled)
    return { step: 'refuse', error: 'accountDisabled', reason: 'accountEnabled is false in the directory' }
  return (
    expiredPasswordStep(facts) ??
    assignmentStep(facts) ??
    forcedStep(facts) ??
    accessStep(facts) ??
    registrationStep(facts) ??
    finalStep(facts)
  )
}

function assignmentStep({ person, unassigned }: SignInFacts): NextStep | undefined {
  if (!unassigned) return undefined
  const values = assignmentValues(unassigned, person?.userPrincipalName ?? '')
  return { step: 'refuse', error: 'notAssigned', values, reason: `${unassigned.displayName} requires assignment` }
}

function firstFactorStep(facts: SignInFacts): NextStep {
  const account = sessionStep(facts)
  if (account) return account
  const { username } = facts.progress
  if (username !== undefined) return credentialStep(facts)
  if (facts.hintedDomain?.federation) {
    return {
      step: 'federate',
      domain: facts.hintedDomain,
      reason: `domain_hint ${facts.hintedDomain.name} is federated`,
    }
  }
  return { step: 'identify', reason: 'nobody is named yet' }
}

/** Single sign-on: whom of the browser's accounts the request means, if any. */
function sessionStep({ request, progress, session }: SignInFacts): NextStep | undefined {
  const accounts = session?.accounts ?? []
  if (accounts.length === 0 || progress.ignoreSessions || request.prompt === 'login') return undefined
  if (progress.username !== undefined) {
    const account = accounts.find((each) => sameName(each.userPrincipalName, progress.username ?? ''))
    const usable = account && (request.prompt !== 'select_account' || progress.accountChosen)
    return usable ? { step: 'resumeSession', account, reason: 'the browser is signed in with this account' } : undefined
  }
  if (request.prompt === 'select_account') return { step: 'chooseAccount', reason: 'prompt=select_account' }
  const hinted = accounts.filter((each) => request.domainHint === undefined || suffixMatches(each, request.domainHint))
  const [only, another] = hinted
  if (another) return { step: 'chooseAccount', reason: 'the browser is signed in with several accounts' }
  return only && { step: 'resumeSession', account: only, reason: 'the browser is signed in with one account' }
}

function credentialStep({ request, progress, domain, nameKnown, accessPassUsable }: SignInFacts): NextStep {
  if (!domain) {
    return { step: 'identify', refusal: 'userNotFound', reason: `"${progress.username}" is in no domain of the tenant` }
  }
  if (!domain.federation && !nameKnown) {
    return {
      step: 'identify',
      refusal: 'userNotFound',
      reason: `"${progress.username}" is not in the directory; was it synchronized?`,
    }
  }
  // "Configure Temporary Access Pass": it goes before the federation service.
  if (accessPassUsable) return { step: 'accessPass', reason: 'a Temporary Access Pass is usable' }
  if (!domain.federation) return { step: 'password', reason: `${domain.name} is managed (${domain.authentication})` }
  const fresh = request.prompt === 'login' || progress.ignoreSessions === true
  return { step: 'federate', domain, demand: fresh ? 'fresh' : undefined, reason: `${domain.name} is federated` }
}

/** Conditional Access and what it still needs. */
function accessStep(facts: SignInFacts): NextStep | undefined {
  const { progress, decision, domain } = facts
  if (!decision) throw new Error('Conditional Access must be evaluated once the first factor is there')
  const step = frequencyStep(facts) ?? deviceStep(facts)
  if (step || decision.outcome === 'allow') return step
  const [control] = decision.requires
  if (decision.outcome === 'block' || !control) {
    const error = control ? refusalKey(control) : 'blocked'
    return { step: 'refuse', error, reason: decision.reason, ...(control && { control }) }
  }
  return (
    demandStep(facts, control, decision.reason) ??
    strengthStep(facts, control, decision.reason) ??
    brokerStep(control, facts) ??
    controlStep(control, progress, domain, decision)
  )
}

function controlStep(
  control: UnmetControl,
  progress: Progress,
  domain: Domain | undefined,
  { reason }: Decision,
): NextStep {
  if (control.control !== 'mfa' && control.control !== 'authenticationStrength') {
    return { step: 'refuse', error: refusalKey(control), control, reason }
  }
  const enforced = domain?.federation?.federatedIdpMfaBehavior === 'enforceMfaByFederatedIdp'
  if (domain && enforced && progress.firstFactor?.authentication.federated) {
    if (!progress.mfaAskedOfProvider)
      return { step: 'federate', domain, demand: 'mfa', reason: `${reason}; the identity provider must do it` }
    return {
      step: 'refuse',
      error: 'strongAuthenticationNeeded',
      control,
      reason: 'the identity provider did no multifactor authentication',
    }
  }
  const step = control.aadsts === 50079 || control.aadsts === 50072 ? 'registerSecondFactor' : 'secondFactor'
  return { step, control, reason }
}

/** Several numbers stand for one device control; app protection has one on pages and others for programs. */
function refusalKey({ control, aadsts }: UnmetControl): EntraErrorKey {
  const byControl = refusalOf[control] ?? 'blocked'
  return numberedControls.has(control) ? (errorKeyOf(aadsts) ?? byControl) : byControl
}

const numberedControls: ReadonlySet<string> = new Set([
  'block',
  'compliantDevice',
  'domainJoinedDevice',
  'approvedApplication',
])

const refusalOf: Partial<Record<UnmetControl['control'], EntraErrorKey>> = {
  block: 'blocked',
  compliantDevice: 'deviceNotCompliant',
  domainJoinedDevice: 'deviceNotJoined',
  approvedApplication: 'appNotApproved',
  compliantApplication: 'appProtectionRequired',
  passwordChange: 'passwordChangeRequired',
  termsOfUse: 'externalChallenge',
  customAuthenticationFactor: 'externalChallenge',
}

function finalStep(facts: SignInFacts): NextStep {
  const { request, progress, decision, consentMissing } = facts
  if (facts.approvalMissing !== undefined)
    return { step: 'refuse', error: 'adminConsentRequired', reason: facts.approvalMissing }
  if (request.prompt !== 'none' && isSessionUndecided(facts)) {
    return { step: 'staySignedIn', reason: 'nobody decided yet' }
  }
  if (request.adminConsent && !progress.consentGiven) return { step: 'consent', reason: 'an administrator is asked' }
  if (consentMissing) return { step: 'consent', reason: 'a permission is not consented' }
  if (consentIsForced(progress)) return { step: 'consent', reason: 'forced by an outcome of the management port' }
  if (request.prompt === 'consent' && !progress.consentGiven) return { step: 'consent', reason: 'prompt=consent' }
  if (request.deviceCode !== undefined && !progress.applicationConfirmed) {
    return { step: 'confirmApplication', reason: 'the tokens go to another device' }
  }
  return { step: 'answer', persistent: outlivesBrowser(facts), reason: decision?.reason ?? 'noPolicyApplies' }
}

/** Whether "Stay signed in?" is still to be asked: not of a session that was there, nor where somebody decided. */
function isSessionUndecided({ request, progress, ...facts }: SignInFacts): boolean {
  const { decision, asksToStaySignedIn, staySignedInAnswer } = facts
  const { firstFactor, keepSignedIn } = progress
  if (firstFactor?.sid !== undefined || !asksToStaySignedIn || request.deviceCode !== undefined) return false
  const decisions = [
    decision?.sessionControls.persistentBrowser,
    firstFactor?.persistent,
    keepSignedIn,
    staySignedInAnswer,
  ]
  return decisions.every((each) => each === undefined)
}

/** A policy wins over the answer, the answer over the identity provider's wish, and a session stays what it was. */
function outlivesBrowser({ progress, decision, staySignedInAnswer }: SignInFacts): boolean {
  const { firstFactor, keepSignedIn } = progress
  const controlled = decision?.sessionControls.persistentBrowser
  if (controlled !== undefined) return controlled === 'always'
  if (firstFactor?.sid !== undefined) return firstFactor.authentication.keepSignedIn
  return keepSignedIn ?? firstFactor?.persistent ?? staySignedInAnswer ?? false
}

function suffixMatches(account: SessionAccount, domainHint: string): boolean {
  if (domainHint === 'organizations') return true
  return account.userPrincipalName.toLowerCase().endsWith(`@${domainHint.toLowerCase()}`)
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
