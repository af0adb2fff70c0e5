import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { PolicyAnalysis } from '../../conditional-access/what-if.ts'
import { adminUrls } from '../../urls.ts'
import { grantNames, type Option, stateText } from '../form/options.ts'
import type { WhatIfQuery } from '../what-if-query.ts'
import { adminTable } from './admin-table.ts'
import { adminPage, type Refusal, type Viewer } from './frame.ts'

export interface WhatIfView {
  readonly viewer: Viewer
  readonly query: WhatIfQuery
  /** Undefined before anything was asked. */
  readonly analyses: readonly PolicyAnalysis[] | undefined
  readonly refusal?: Refusal | undefined
}

const plain = (...values: string[]): readonly Option[] => [
  { value: '', text: 'Not said' },
  ...values.map((value) => ({ value, text: value })),
]

const choices: readonly (readonly [name: keyof WhatIfQuery, label: string, options: readonly Option[]])[] = [
  [
    'action',
    'User action, in the place of an application',
    [
      { value: '', text: 'None' },
      { value: 'registerSecurityInformation', text: 'Register security information' },
      { value: 'registerOrJoinDevices', text: 'Register or join devices' },
    ],
  ],
  ['client', 'Client app', plain('browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other')],
  ['platform', 'Device platform', plain('android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux')],
  [
    'device',
    'Device',
    [
      { value: '', text: 'Not said' },
      { value: 'compliant', text: 'Marked as compliant' },
      { value: 'hybrid', text: 'Hybrid joined, not compliant' },
      { value: 'registered', text: 'Registered, not compliant' },
    ],
  ],
  ['signInRisk', 'Sign-in risk', plain('none', 'low', 'medium', 'high')],
  ['userRisk', 'User risk', plain('none', 'low', 'medium', 'high')],
  ['insiderRisk', 'Insider risk', plain('minor', 'moderate', 'elevated')],
  ['flow', 'Authentication flow', plain('deviceCodeFlow', 'authenticationTransfer')],
]

const texts: readonly (readonly [name: keyof WhatIfQuery, label: string, hint: string])[] = [
  ['user', 'User', 'User principal name'],
  ['application', 'Application', 'Name or application id'],
  ['context', 'Authentication context, in the place of an application', 'c1 to c99'],
  ['ip', 'IP address', 'Such as 203.0.113.10'],
  ['country', 'Country', 'Two letters'],
]

export function whatIfPage({ viewer, query, analyses, refusal }: WhatIfView): PageView {
  return adminPage({
    title: 'What If',
    current: 'whatIf',
    viewer,
    refusal,
    main: html`<h1>What If</h1>
<p>Which policies would apply to a sign-in? A condition that nothing is said of cannot be told.</p>
<form method="get" action="${adminUrls.whatIf}" class="policy"><div class="fields">${texts.map(
      ([name, label, hint]) =>
        html`<p class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" value="${query[name]}" autocomplete="off" aria-describedby="hint-${name}"${name === 'user' && html` required`}><span class="hint" id="hint-${name}">${hint}</span></p>`,
    )}${choices.map(
      ([name, label, options]) =>
        html`<p class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}">${options.map(
          ({ value, text }) =>
            html`<option value="${value}"${value === query[name] && html` selected`}>${text}</option>`,
        )}</select></p>`,
    )}</div><p class="actions"><button class="primary">What if?</button> <a href="${adminUrls.whatIf}">Clear</a></p></form>
${analyses && results(analyses)}`,
  })
}

function results(analyses: readonly PolicyAnalysis[]): Html {
  const applying = analyses.filter(({ applies }) => applies)
  const others = analyses.filter(({ applies }) => !applies)
  return html`<section aria-labelledby="applying"><h2 id="applying">Policies that will apply</h2>${
    applying.length === 0
      ? html`<p>None: one factor is enough.</p>`
      : adminTable(
          'Policies that will apply',
          ['Policy', 'State', 'Grant controls', 'Session controls'],
          applying.map(({ policy }) => [
            html`<a href="${adminUrls.policy(policy.id)}">${policy.displayName}</a>`,
            stateText(policy.state),
            grantText(policy),
            sessionText(policy),
          ]),
        )
  }</section>
<section aria-labelledby="others"><h2 id="others">Policies that will not apply</h2>${
    others.length === 0
      ? html`<p>None.</p>`
      : adminTable(
          'Policies that will not apply',
          ['Policy', 'State', 'Because of'],
          others.map(({ policy, reasons }) => [
            html`<a href="${adminUrls.policy(policy.id)}">${policy.displayName}</a>`,
            stateText(policy.state),
            reasons.join(', '),
          ]),
        )
  }</section>`
}

function grantText({ grantControls }: PolicyAnalysis['policy']): string {
  if (!grantControls) return '–'
  const { builtInControls, authenticationStrength, termsOfUse, operator } = grantControls
  const controls = [
    ...builtInControls.map((control) => grantNames[control]),
    ...(authenticationStrength ? ['Require authentication strength'] : []),
    ...(termsOfUse.length > 0 ? ['Terms of use'] : []),
  ]
  return controls.join(operator === 'AND' ? ' and ' : ' or ') || '–'
}

function sessionText({ sessionControls }: PolicyAnalysis['policy']): string {
  const controls = Object.entries(sessionControls ?? {}).filter(([, value]) => value !== null && value !== undefined)
  return controls.map(([name]) => name).join(', ') || '–'
}
