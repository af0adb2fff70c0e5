import type { AppliedPolicy, Decision } from '../conditional-access/decision.ts'
import type { EntraConfig } from '../config.ts'
import type { EntraError } from '../errors.ts'
import { type FormTokens, type FrameView, type Journey, sendSignInPage } from '../pages/frame.ts'
import { signInPaths } from '../urls.ts'
import { type Conversation, contextOf } from './conversation.ts'
import { clientOf, resourceOf } from './facts.ts'
import type { Exchange } from './services.ts'

export interface ConversationPage {
  readonly pageId: string
  readonly title: string
  readonly heading: string
  readonly body: FrameView['body']
  readonly account?: string | undefined
  readonly urlPost: string
  readonly error?: EntraError | undefined
  readonly decision?: Decision | undefined
  readonly config?: Readonly<Record<string, unknown>>
  readonly scripts?: boolean
}

/** Shows a page of a conversation, with what programs read from `$Config`. */
export function sendConversationPage(
  config: EntraConfig,
  exchange: Exchange,
  conversation: Conversation,
  page: ConversationPage,
) {
  const { request, reply } = exchange
  request.recording.postsTo(new URL(page.urlPost, `https://${request.hostname}`).href, { ctx: contextOf(conversation) })
  return sendSignInPage(reply, {
    pageId: page.pageId,
    title: page.title,
    heading: page.heading,
    account: page.account,
    organization: config.tenant.displayName,
    footNote: config.branding.signInPageText,
    body: page.body,
    journey: journeyOf(config, conversation, page.decision),
    scripts: page.scripts ?? false,
    config: {
      ...pageConfig(config, conversation, request.id),
      urlPost: page.urlPost,
      ...(page.account !== undefined && { sPOST_Username: page.account }),
      ...(page.error && {
        sErrorCode: String(page.error.facts.aadsts),
        iErrorCode: page.error.facts.aadsts,
        sErrTxt: page.error.message,
      }),
      ...page.config,
    },
  })
}

export function formTokens(conversation: Conversation): FormTokens {
  return { context: contextOf(conversation), flowToken: conversation.flowToken, canary: conversation.canary }
}

function pageConfig(config: EntraConfig, conversation: Conversation, requestId: string) {
  const { flowToken, canary, correlationId } = conversation
  const { login, beginAuth, endAuth, credentialType, keepSignedIn } = signInPaths
  return {
    sFT: flowToken,
    sFTName: 'flowToken',
    sCtx: contextOf(conversation),
    canary,
    apiCanary: canary,
    urlLogin: login,
    urlBeginAuth: beginAuth,
    urlEndAuth: endAuth,
    urlGetCredentialType: credentialType,
    urlKmsi: keepSignedIn,
    sessionId: requestId,
    correlationId,
    hpgid: 1104,
    hpgact: 1800,
    country: config.tenant.countryCode,
    sCompanyDisplayName: config.tenant.displayName,
    serverDetails: { dc: 'MOCK', ri: 'FAUXCHG', ver: { v: [2, 1, 0, 0] } },
  }
}

function journeyOf(
  config: EntraConfig,
  { request, progress, correlationId }: Conversation,
  decision: Decision | undefined,
): Journey {
  const client = clientOf(config, request)
  const resource = config.applications.byId(resourceOf(request))
  const facts: [string, string][] = [
    ['Application', `${client.displayName} (${client.appId})`],
    ['Resource', resource?.displayName ?? resourceOf(request)],
    ['Answer goes to', request.redirectUri],
    [
      'Asked for',
      `${request.responseTypes.join(' ')}, ${request.responseMode}${request.prompt ? `, prompt=${request.prompt}` : ''}`,
    ],
    ['Endpoint', `/${request.tenant.text}/oauth2${request.version === 2 ? '/v2.0' : ''}/authorize`],
    ['Correlation id', correlationId],
  ]
  const name = progress.firstFactor?.userPrincipalName ?? progress.username
  if (name !== undefined) facts.push(['Person', name])
  if (decision) facts.push(['Decision', `${decision.outcome}: ${decision.reason}`])
  const policies = shownPolicies(decision).map(({ displayName, result, reason }) => ({
    name: displayName,
    result,
    reason,
  }))
  return { facts, policies }
}

/** Policies that a page tells of even if they do not apply; a tenant with many is told of those that do. */
const fewPolicies = 20

function shownPolicies(decision: Decision | undefined): readonly AppliedPolicy[] {
  if (!decision) return []
  if (decision.evaluated.policySet.policies.length > fewPolicies) return decision.applied
  return decision.policies.filter(({ result }) => result !== 'notEnabled')
}
