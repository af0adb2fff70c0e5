import type { FastifyReply } from 'fastify'
import { EntraError, errorKeyOf } from '../../errors.ts'
import { passwordBody } from '../../pages/password-page.ts'
import type { PasswordAuthority, PasswordCheck } from '../../people/password-check.ts'
import type { Person } from '../../people/people.ts'
import type { AuthenticationDetail } from '../../sign-in-log/sign-in-log.ts'
import { signInPaths } from '../../urls.ts'
import type { Conversation } from '../conversation.ts'
import { note } from '../journal.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import { signInRecord } from '../sign-in-record.ts'

export function showPassword(
  services: SignInServices,
  exchange: Exchange,
  { conversation, reason }: { readonly conversation: Conversation; readonly reason: string },
): FastifyReply {
  const user = conversation.progress.username ?? ''
  note(exchange.request, conversation.request, 'asked', { decision: 'passwordPage', user, detail: { because: reason } })
  return sendPassword(services, exchange, conversation)
}

function sendPassword(
  { config }: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  error?: EntraError,
): FastifyReply {
  const username = conversation.progress.username ?? ''
  return sendConversationPage(config, exchange, conversation, {
    pageId: 'ConvergedSignIn',
    title: 'Sign in to your account',
    heading: 'Enter password',
    account: username,
    urlPost: signInPaths.login,
    error,
    body: passwordBody({ tokens: formTokens(conversation), username, error: error && inlineText(error) }),
    config: { arrSessions: [] },
  })
}

export type PasswordResult =
  | { readonly outcome: 'signedIn'; readonly conversation: Conversation }
  | { readonly outcome: 'shown'; readonly reply: FastifyReply }

/** Checks the password where the domain says; a refusal stays on the page, without a session. */
export async function trySigningIn(
  services: SignInServices,
  exchange: Exchange,
  conversation: Conversation,
  password: string,
): Promise<PasswordResult> {
  const username = conversation.progress.username ?? ''
  const check = await services.passwords.check(username, password)
  if (check.outcome === 'correct')
    return passwordRight(services, exchange, { conversation, person: check.person, check })
  const { aadsts, reason, person } = check
  if (person && aadsts === passwordExpiredCode)
    return passwordRight(services, exchange, { conversation, person, check })
  const values = { user: username, tenant: services.config.tenant.displayName }
  const error = new EntraError(errorKeyOf(aadsts) ?? 'wrongPassword', { values, reason })
  note(exchange.request, conversation.request, 'credentials', { decision: error.code, reason, user: username })
  const details = [passwordDetail(services.clock.now().getTime(), undefined)]
  const end = {
    conversation,
    person,
    details,
    errorCode: aadsts,
    failureReason: error.message,
    additionalDetails: reason,
  }
  await services.signIns.add(signInRecord(services.config, exchange.request, end))
  await services.conversations.save(conversation)
  return { outcome: 'shown', reply: sendPassword(services, exchange, conversation, error) }
}

const passwordExpiredCode = 50_055

interface RightPassword {
  readonly conversation: Conversation
  readonly person: Person
  readonly check: PasswordCheck
}

/** A password that must be changed proves who somebody is, and opens nothing but the page where it is changed. */
function passwordRight(
  { clock }: SignInServices,
  { request }: Exchange,
  { conversation, person, check }: RightPassword,
): PasswordResult {
  const { objectId, userPrincipalName } = person
  const by = check.outcome === 'correct' ? check.by : authorityOf(person)
  note(request, conversation.request, 'credentials', {
    decision: 'passwordCorrect',
    user: userPrincipalName,
    detail: { by },
  })
  const at = clock.now().getTime()
  const authentication = {
    amr: ['pwd'],
    authenticatedAt: at,
    federated: false,
    keepSignedIn: false,
    combinations: ['password'],
  }
  const firstFactor = { objectId, userPrincipalName, authentication, details: [passwordDetail(at, by)] }
  const passwordExpired = check.outcome === 'refused'
  const progress = { ...conversation.progress, firstFactor, ...(passwordExpired && { passwordExpired }) }
  return { outcome: 'signedIn', conversation: { ...conversation, progress } }
}

function authorityOf({ source }: Person): PasswordAuthority {
  return source === 'cloud' ? 'cloudPassword' : 'passwordHashSync'
}

const inlineTexts: Readonly<Record<string, string>> = {
  wrongPassword: 'Your account or password is incorrect.',
  userNotFound: "We couldn't find an account with that username.",
  accountLocked:
    'Your account is temporarily locked to prevent unauthorized use. Try again later, and if you still have trouble, contact your admin.',
  accountDisabled: 'Your account has been disabled. Contact your IT support person.',
  onPremisesPasswordExpired: 'Your password has expired. Change it in your organization, then sign in again.',
}

function inlineText(error: EntraError): string {
  return `${inlineTexts[error.key] ?? error.message} (${error.code})`
}

const authorityNames: Readonly<Record<PasswordAuthority, string>> = {
  passwordHashSync: 'Password Hash Sync',
  cloudPassword: 'Password in the cloud',
  passThrough: 'Pass-through authentication',
}

export function passwordDetail(at: number, by: PasswordAuthority | undefined): AuthenticationDetail {
  return {
    authenticationStepDateTime: new Date(at).toISOString(),
    authenticationMethod: 'Password',
    authenticationMethodDetail: by === undefined ? '' : authorityNames[by],
    succeeded: by !== undefined,
    authenticationStepResultDetail: by === undefined ? 'Incorrect password or refused account' : 'Correct password',
    authenticationStepRequirement: 'Primary authentication',
  }
}
