import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { Phone } from '../../phone/phone.ts'
import type { AccessPass, Risk, TenantUser } from '../../tenant/schemas.ts'
import { type Notice, urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'
import { timeText } from '../time-text.ts'

export interface PersonView {
  readonly person: TenantUser
  readonly risk: Risk
  /** Where the person was put; null for where the connection comes from. */
  readonly address: string | null
  readonly locations: readonly { readonly name: string; readonly range: string }[]
  readonly pass: AccessPass | undefined
  readonly methods: Phone['methods']
  /** A pass that was just made, and is told once. */
  readonly issued?: string | undefined
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
}

/** What can be done to one person's sign-ins. */
export function personPage(view: PersonView): PageView {
  const { person, time, notice, problem } = view
  const { userPrincipalName: upn, displayName, source, enabled, licensed } = person
  return labPage({
    title: displayName,
    current: 'tenant',
    time,
    notice,
    problem,
    main: html`<div class="headline"><h1>${displayName}</h1>
<p>${upn} · ${source}${!enabled && ' · disabled'}${!licensed && ' · no licence'} · <a href="${urls.phone(upn)}">Phone</a> · <a href="${urls.signInsOf(upn)}">Sign-ins</a> · <a href="${urls.journalOf({ user: upn })}">Journal</a></p></div>
<div class="explained">
${licenceSection(person)}
${riskSection(view.risk, upn)}
${whereaboutsSection(view, upn)}
${passSection(view, upn)}
${sessionSection(upn)}
${methodSection(view.methods, upn)}</div>`,
  })
}

function licenceSection({ licensed, userPrincipalName: upn }: TenantUser): Html {
  return html`<section aria-labelledby="licence"><h2 id="licence">Licence</h2>
<form method="post" action="${urls.licence(upn)}" class="flip"><input type="hidden" name="licensed" value="${String(!licensed)}"><span>${
    licensed ? 'Licensed for mail and multifactor authentication.' : 'Has no licence.'
  }</span> <button>${licensed ? 'Take the licence away' : 'Give a licence'}</button></form></section>`
}

const levels = ['none', 'low', 'medium', 'high', 'hidden']

function riskSection(risk: Risk, upn: string): Html {
  const select = (name: string, label: string, values: readonly string[], now: string) =>
    html`<p><label for="${name}">${label}</label><select id="${name}" name="${name}">${values.map(
      (value) => html`<option${value === now && html` selected`}>${value}</option>`,
    )}</select></p>`
  return html`<section aria-labelledby="risk"><h2 id="risk">Risk</h2>
<form method="post" action="${urls.risk(upn)}" class="filters">
${select('user', 'Of the person', levels, risk.user)}
${select('signIn', 'Of sign-ins', levels, risk.signIn)}
${select('insider', 'Insider', ['none', 'minor', 'moderate', 'elevated'], risk.insider ?? 'none')}
<p><label for="nextSignIns">For so many sign-ins only</label><input id="nextSignIns" name="nextSignIns" type="number" min="1" value="${risk.nextSignIns}" placeholder="until remediated"></p>
<p><button>Set</button></p></form></section>`
}

/** An address within a range: its first for a machine, or the range itself when it is one. */
function addressIn(range: string): string {
  return range.replace(/\/\d+$/, '').replace(/\.0$/, '.10')
}

function whereaboutsSection({ address, locations }: PersonView, upn: string): Html {
  return html`<section aria-labelledby="whereabouts"><h2 id="whereabouts">Network</h2>
<form method="post" action="${urls.whereabouts(upn)}" class="filters"><p><label for="address">The person stands at</label><input id="address" name="address" value="${address}" list="locations" placeholder="where the connection comes from" autocomplete="off"></p>
<datalist id="locations">${locations.map(({ name, range }) => html`<option value="${addressIn(range)}">${name}</option>`)}</datalist><p><button>Put there</button></p></form></section>`
}

function passSection({ pass, issued }: PersonView, upn: string): Html {
  return html`<section aria-labelledby="access-pass"><h2 id="access-pass">Temporary Access Pass</h2>
${issued !== undefined && html`<p class="notice" role="status">The pass is <code>${issued}</code>. It is shown once.</p>`}
<p>${pass ? passText(pass) : 'There is none.'}</p>
<form method="post" action="${urls.accessPass(upn)}" class="filters">
<p><label for="lifetimeInMinutes">Minutes</label><input id="lifetimeInMinutes" name="lifetimeInMinutes" type="number" min="10" max="43200" value="60" required></p>
<p class="check"><input type="checkbox" id="isUsableOnce" name="isUsableOnce" value="true"><label for="isUsableOnce">once only</label></p>
<p><button>${pass ? 'Replace it' : 'Create one'}</button></p></form>
${pass && html`<form method="post" action="${urls.removeAccessPass(upn)}"><button class="danger">Take it away</button></form>`}</section>`
}

function passText({
  startDateTime,
  lifetimeInMinutes,
  isUsableOnce,
  isUsable,
  methodUsabilityReason,
}: AccessPass): Html {
  return html`${isUsable ? 'Usable' : `Not usable (${methodUsabilityReason})`}, from ${timeText(startDateTime)} for ${lifetimeInMinutes} minutes${isUsableOnce && ', once'}.`
}

/** "Continuous access evaluation": what an administrator or a detection does elsewhere. */
const events = [
  { value: 'passwordChanged', text: 'the password was changed' },
  { value: 'accountDisabled', text: 'the account was disabled' },
  { value: 'accountDeleted', text: 'the account was deleted' },
  { value: 'riskDetected', text: 'a high risk was detected' },
  { value: 'networkMoved', text: 'the person moved to another network' },
]

function sessionSection(upn: string): Html {
  return html`<section aria-labelledby="sessions"><h2 id="sessions">Sign-ins</h2>
<form method="post" action="${urls.revokeSessions(upn)}"><button class="danger">Revoke all sign-ins</button></form>
<form method="post" action="${urls.criticalEvent(upn)}" class="inline"><label for="kind">Critical event</label><select id="kind" name="kind">${events.map(
    ({ value, text }) => html`<option value="${value}">${text}</option>`,
  )}</select><button>Let it happen</button></form></section>`
}

function methodSection(methods: Phone['methods'], upn: string): Html {
  return html`<section aria-labelledby="methods"><h2 id="methods">Registered methods</h2>${
    methods.length === 0
      ? html`<p>None: the next sign-in that needs one asks for it.</p>`
      : html`<ul class="people">${methods.map(
          ({ id, type, display, isDefault }) =>
            html`<li><form method="post" action="${urls.removeMethod(upn, id)}" class="flip"><span>${display} <span class="muted">${type}${isDefault && ', default'}</span></span> <button>Remove <span class="visually-hidden">${display}</span></button></form></li>`,
        )}</ul>`
  }</section>`
}
