import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { SignInExplanation } from '../../sign-ins/schemas.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'
import { timeText } from '../time-text.ts'
import { outcomeTag } from './outcome-tag.ts'
import { policySection } from './policy-section.ts'

export interface SignInView {
  readonly explanation: SignInExplanation
  readonly time: StackTime | undefined
}

/** One sign-in: who, what was decided and why, how it was proved, and every policy. */
export function signInPage({ explanation, time }: SignInView): PageView {
  const { signIn, decision, policies } = explanation
  const who = signIn.userDisplayName || signIn.userPrincipalName || 'nobody known'
  return labPage({
    title: `Sign-in of ${who}`,
    current: 'signIns',
    time,
    main: html`<div class="headline"><h1>Sign-in of ${who}</h1>
<p>${outcomeTag(signIn.status.errorCode)} ${signIn.status.errorCode !== 0 && signIn.status.failureReason}</p></div>
<div class="explained"><section aria-labelledby="facts"><h2 id="facts">What came</h2>${factList(explanation)}</section>
<section aria-labelledby="decision"><h2 id="decision">What was decided</h2>${
      decision ? decisionPart(decision, signIn.authenticationRequirement) : notAsked()
    }${conversationPart(explanation)}</section></div>
<section aria-labelledby="proof"><h2 id="proof">How it was proved</h2>${proofPart(explanation)}</section>
${policies.length > 0 && policySection(explanation)}`,
  })
}

function factList({ signIn, signals, names }: SignInExplanation): Html {
  const { location, platform, userRisk, signInRisk } = signalFacts(signals)
  const device = signIn.deviceDetail
  const facts: readonly (readonly [string, unknown])[] = [
    ['Person', signIn.userPrincipalName],
    ['At', `${timeText(signIn.createdDateTime)} UTC`],
    ['Application', `${signIn.appDisplayName} (${signIn.appId})`],
    ['Resource', `${signIn.resourceDisplayName} (${signIn.resourceId})`],
    ['Client', `${signIn.clientAppUsed}${platform ? `, ${platform}` : ''}`],
    ['Location', [signIn.ipAddress, ...location.map((id) => names[id.toLowerCase()] ?? id)].join(', ')],
    ['Device', device?.deviceId ? `${device.displayName} (${device.trustType || 'registered'})` : 'none known'],
    ['Risk', [`user ${userRisk}`, `sign-in ${signInRisk}`].join(', ')],
    ['More', signIn.status.additionalDetails],
    ['Request id', signIn.id],
    ['Correlation id', signIn.correlationId],
  ]
  return html`<dl>${facts.filter(([, value]) => value).map(([name, value]) => html`<dt>${name}</dt><dd>${String(value)}</dd>`)}</dl>
<p><a href="${urls.journalOf({ text: signIn.correlationId, background: '1' })}">Journal of this conversation</a>${
    signIn.userPrincipalName !== '' &&
    html` · <a href="${urls.signInsOf(signIn.userPrincipalName)}">All sign-ins of this person</a>`
  }</p>`
}

function signalFacts(signals: SignInExplanation['signals']) {
  const { location, platform, userRisk, signInRisk } = (signals ?? {}) as {
    readonly location?: { readonly namedLocationIds: readonly string[]; readonly country?: string }
    readonly platform?: string
    readonly userRisk?: string
    readonly signInRisk?: string
  }
  const where = [...(location?.namedLocationIds ?? []), ...(location?.country ? [location.country] : [])]
  return { location: where, platform, userRisk: userRisk ?? 'none', signInRisk: signInRisk ?? 'none' }
}

const outcomes = { allow: 'Let in', block: 'Blocked', challenge: 'Asked for more' } as const

function decisionPart(
  { outcome, reason, requires, sessionControls }: NonNullable<SignInExplanation['decision']>,
  requirement: string,
): Html {
  const controls = Object.entries(sessionControls).filter(([, value]) => value !== undefined && value !== false)
  return html`<p><strong>${outcomes[outcome]}</strong>: ${reason}.</p>
<p>Required: ${requirement === 'multiFactorAuthentication' ? 'multifactor authentication' : 'one factor'}.</p>
${requires.length > 0 && html`<ul>${requires.map((each) => html`<li>${each.control} <code>AADSTS${each.aadsts}</code>, because of ${each.policyName}</li>`)}</ul>`}
${controls.length > 0 && html`<dl>${controls.map(([name, value]) => html`<dt>${name}</dt><dd><code>${JSON.stringify(value)}</code></dd>`)}</dl>`}`
}

function notAsked(): Html {
  return html`<p>The sign-in ended before Conditional Access was asked.</p>`
}

function conversationPart({ conversation }: SignInExplanation): Html {
  if (conversation.length === 0) return html``
  const items = conversation.map(
    ({ id, createdDateTime, errorCode }) =>
      html`<li><a href="${urls.signIn(id)}">${timeText(createdDateTime)}</a> ${outcomeTag(errorCode)}</li>`,
  )
  return html`<h3>The same conversation</h3><ul>${items}</ul>`
}

function proofPart({ signIn }: SignInExplanation): Html {
  const { authenticationDetails: details } = signIn
  if (details.length === 0) return html`<p class="muted">Nothing was proved.</p>`
  return dataTable({
    caption: 'How it was proved',
    captionHidden: true,
    columns: ['Method', 'Detail', 'Result', 'For'],
    rows: details.map((each) => ({
      cells: [
        each.authenticationMethod,
        each.authenticationMethodDetail || '–',
        html`<span class="tag ${each.succeeded ? 'succeeded' : 'refused'}">${each.succeeded ? 'succeeded' : 'failed'}</span> ${each.authenticationStepResultDetail}`,
        each.authenticationStepRequirement || '–',
      ],
    })),
  })
}
