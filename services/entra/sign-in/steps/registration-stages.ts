import type { FastifyReply } from 'fastify'
import type { Html } from '#shared/html/html.ts'
import { maskedNumber } from '../../mfa/methods.ts'
import { mightMeet } from '../../mfa/recorded-method.ts'
import type { Registration } from '../../mfa/registrations.ts'
import { enrolmentUri } from '../../mfa/verification-code.ts'
import {
  choiceBody,
  newPasskeyBody,
  numberBody,
  type RegistrableType,
  scanBody,
  secretBody,
  textedBody,
  trialBody,
} from '../../pages/registration-pages.ts'
import { signInPaths } from '../../urls.ts'
import type { RegistrationProgress } from '../conversation.ts'
import { note } from '../journal.ts'
import { formTokens, sendConversationPage } from '../page-parts.ts'
import { demandedCombinations } from '../registration-facts.ts'
import type { Exchange, SignInServices } from '../services.ts'
import type { RegistrationTurn } from './registration.ts'
import { pollingOf } from './second-factor-page.ts'

/** The page of one step of a registration. */
export async function sendRegistrationStage(
  services: SignInServices,
  exchange: Exchange,
  turn: RegistrationTurn,
): Promise<FastifyReply> {
  const { conversation, facts } = turn
  const { registration, firstFactor } = conversation.progress
  const user = firstFactor?.userPrincipalName ?? ''
  const content = await contentOf(services, turn)
  const detail = { stage: registration?.stage, type: registration?.type }
  note(exchange.request, conversation.request, 'restricted', { decision: 'registrationPage', user, detail })
  return sendConversationPage(services.config, exchange, conversation, {
    pageId: 'ConvergedProofUpRedirect',
    title: 'Keep your account secure',
    heading: content.heading,
    account: user,
    urlPost: signInPaths.securityInfo,
    decision: facts.decision,
    body: content.body,
    scripts: content.polls === true,
    config: {
      sProofUpAuthState: conversation.flowToken,
      ...pollingOf(
        registration?.type === 'voice' ? 'TwoWayVoiceMobile' : 'PhoneAppNotification',
        registration?.sessionId,
      ),
    },
  })
}

interface StageContent {
  readonly heading: string
  readonly body: Html
  readonly polls?: boolean
}

async function contentOf(services: SignInServices, turn: RegistrationTurn): Promise<StageContent> {
  const { conversation, error } = turn
  const { registration, firstFactor } = conversation.progress
  const shared = { tokens: formTokens(conversation), error }
  switch (registration?.stage) {
    case 'number': {
      const calls = registration.type === 'voice'
      return { heading: 'Phone', body: numberBody({ ...shared, calls }) }
    }
    case 'passkey':
      return {
        heading: 'Create a passkey',
        body: newPasskeyBody({ ...shared, username: firstFactor?.userPrincipalName ?? '' }),
      }
    case 'scan':
    case 'try': {
      const known = await services.securityInfo.registrations.find(firstFactor?.objectId ?? '', registration.id ?? '')
      return known ? trialContent(services, turn, registration, known) : choiceContent(services, turn)
    }
    default:
      return choiceContent(services, turn)
  }
}

function choiceContent(services: SignInServices, turn: RegistrationTurn): StageContent {
  const tokens = formTokens(turn.conversation)
  const body = choiceBody({ tokens, types: registrableTypes(services, turn), error: turn.error })
  return { heading: 'Keep your account secure', body }
}

const firstMethods: readonly RegistrableType[] = ['push', 'totp', 'sms', 'voice']

/** A passkey comes after another proof; of a strength's demand only what would meet it, once that can be registered. */
export function registrableTypes(
  services: Pick<SignInServices, 'conditionalAccess'>,
  { conversation, facts }: Pick<RegistrationTurn, 'conversation' | 'facts'>,
): readonly RegistrableType[] {
  const { multifactor, firstFactor } = conversation.progress
  const proven = multifactor ?? firstFactor?.authentication.mfaAt
  const all: readonly RegistrableType[] =
    proven === undefined && !facts.registration?.hasMethods ? firstMethods : [...firstMethods, 'fido2']
  const allowed = demandedCombinations(services, facts.decision)
  const meeting = allowed ? all.filter((type) => mightMeet({ type }, allowed)) : all
  return meeting.length > 0 ? meeting : all
}

async function trialContent(
  services: SignInServices,
  { conversation, error }: RegistrationTurn,
  { stage, entropy }: RegistrationProgress,
  known: Registration,
): Promise<StageContent> {
  const shared = { tokens: formTokens(conversation), error }
  if (known.type === 'push' && stage === 'scan') {
    const code = known.activationCode ?? ''
    return {
      heading: 'Microsoft Authenticator',
      body: scanBody({ ...shared, code, image: await qrImage(activation(code)) }),
    }
  }
  if (known.type === 'push') return pushContent(shared, known, entropy)
  if (known.type === 'totp') {
    const secret = known.secret ?? ''
    const label = conversation.progress.firstFactor?.userPrincipalName ?? ''
    const uri = await enrolmentUri(secret, services.config.tenant.displayName, label)
    return { heading: 'Authenticator app', body: secretBody({ ...shared, secret, image: await qrImage(uri) }) }
  }
  const display = maskedNumber(known.phoneNumber ?? '')
  if (known.type === 'sms') return { heading: 'Phone', body: textedBody({ ...shared, display }) }
  const text = `We're calling ${display}. Answer the call and press the # key.`
  return { heading: 'Phone', body: trialBody({ ...shared, text, again: 'Call again' }), polls: true }
}

function pushContent(
  shared: { readonly tokens: ReturnType<typeof formTokens>; readonly error: string | undefined },
  { deviceName }: Registration,
  entropy: number | undefined,
): StageContent {
  const text = `Approve the notification that we send to ${deviceName ?? 'your phone'} by entering the number shown.`
  const number = entropy || undefined
  return {
    heading: "Let's try it out",
    body: trialBody({ ...shared, text, number, again: 'Send it again' }),
    polls: true,
  }
}

/** What the Authenticator app scans, as the product words it. */
function activation(code: string): string {
  const url = encodeURIComponent('https://mobileappcommunicator.auth.microsoft.com/activate')
  return `phonefactor://activate_account?code=${code}&url=${url}`
}

async function qrImage(text: string): Promise<string> {
  const { toDataURL } = await import('qrcode')
  return toDataURL(text, { margin: 2, width: 200 })
}
