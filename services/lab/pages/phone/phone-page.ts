import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { Phone } from '../../phone/phone.ts'
import { type Notice, urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'
import { clockText, timeText } from '../time-text.ts'

export interface PhoneView {
  readonly phone: Phone
  readonly displayName: string
  /** The enrolment of an authenticator app as a data URI, by the id of the method. */
  readonly pictures: ReadonlyMap<string, string>
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
}

/** The phone of one person. */
export function phonePage(view: PhoneView): PageView {
  const { phone, displayName, time, notice, problem } = view
  const upn = phone.userPrincipalName
  return labPage({
    title: `Phone of ${displayName}`,
    current: 'phones',
    time,
    notice,
    problem,
    live: { url: urls.phone(upn), everyMs: 1000 },
    // Without scripts the page fetches itself again, unless somebody may be typing a number into it.
    head: phone.pushes.length === 0 && html`<noscript><meta http-equiv="refresh" content="5"></noscript>`,
    main: html`<div class="headline"><h1>${displayName}’s phone</h1>
<p>${upn} · <a href="${urls.journalOf({ user: upn })}">Journal of this person</a> · <a href="${urls.person(upn)}">Risk, passes, sign-ins</a> · <a href="${urls.phones}">Other phones</a> <noscript>· <a href="${urls.phone(upn)}">Refresh</a></noscript></p></div>
<div class="beside"><div class="handset"><div class="screen">
${requestSection(phone, time)}
${codeSection(view)}
${messageSection(phone)}
</div></div>
<div>${behaviourSection(phone)}
${methodSection(view)}
${passkeySection(phone)}</div></div>`,
  })
}

function requestSection({ pushes, calls, registrations, ...phone }: Phone, time: StackTime | undefined): Html {
  const upn = phone.userPrincipalName
  const waiting = [
    ...pushes.map((push) => pushCard(push, upn, time)),
    ...calls.map((call) => callCard(call, upn)),
    ...registrations.map((registration) => registrationCard(registration, upn)),
  ]
  return html`<section aria-labelledby="pushes"><h2 id="pushes">Sign-in requests</h2>
<div id="push-list" data-live aria-live="polite">${
    waiting.length > 0 ? waiting : html`<p class="muted" id="no-push">Nothing is waiting.</p>`
  }</div></section>`
}

function pushCard(push: Phone['pushes'][number], upn: string, time: StackTime | undefined): Html {
  const { id, number, application, address, createdAt } = push
  const field = `number-${id}`
  return html`<article class="push" id="push-${id}" aria-labelledby="title-${id}"><h3 id="title-${id}">Are you trying to sign in?</h3>
<dl><dt>Application</dt><dd>${application}</dd><dt>From</dt><dd>${address}</dd><dt>At</dt><dd><time datetime="${createdAt}">${
    time && createdAt.slice(0, 10) === time.now.slice(0, 10) ? clockText(createdAt).slice(0, 8) : timeText(createdAt)
  }</time></dd></dl>
<form method="post" action="${urls.approve(upn)}"><input type="hidden" name="id" value="${id}">${
    number !== null &&
    html`<p class="number"><label for="${field}">Number on the sign-in page</label>
<input id="${field}" name="number" type="text" inputmode="numeric" pattern="[0-9]{1,3}" maxlength="3" size="3" autocomplete="off" required></p>`
  }<p class="answers"><button class="primary">Approve</button><button formaction="${urls.deny(upn)}" formnovalidate class="danger">Deny</button> <button formaction="${urls.deny(upn)}" formnovalidate name="reportFraud" value="true" class="danger">Report a fraud</button></p></form>
${number !== null && matchingNumber(push, upn)}</article>`
}

/** For those who do not have the sign-in page in front of them. */
function matchingNumber({ id, number }: Phone['pushes'][number], upn: string): Html {
  return html`<details id="answer-${id}"><summary>No sign-in page at hand</summary>
<form method="post" action="${urls.approve(upn)}"><input type="hidden" name="id" value="${id}"><input type="hidden" name="number" value="${number}">
<button>Approve with ${number}, the right number</button></form></details>`
}

/** Phones that ring; nothing where none does. */
function callCard(call: Phone['calls'][number], upn: string): Html {
  const { id, text, phoneNumber, application, address } = call
  return html`<article class="push" id="call-${id}" aria-labelledby="title-${id}"><h3 id="title-${id}">${phoneNumber} is ringing</h3>
<p>“${text}”</p><dl><dt>Application</dt><dd>${application}</dd><dt>From</dt><dd>${address}</dd></dl>
<form method="post" action="${urls.answerCall(upn)}"><input type="hidden" name="id" value="${id}"><p class="answers"><button name="press" value="#" class="primary">Press #</button><button name="press" value="0" class="danger">Press 0: fraud</button></p></form></article>`
}

function registrationCard(registration: Phone['registrations'][number], upn: string): Html {
  const { id, activationCode } = registration
  return html`<article class="push" id="registration-${id}" aria-labelledby="title-${id}"><h3 id="title-${id}">A page shows a QR code</h3>
<form method="post" action="${urls.scan(upn)}">${activationCode && html`<input type="hidden" name="activationCode" value="${activationCode}">`}<p><button class="primary">Scan it with this phone</button></p></form></article>`
}

function codeSection({ phone, time }: PhoneView): Html {
  const { totp } = phone
  return html`<section aria-labelledby="codes"><h2 id="codes">Verification code</h2>
<div id="code" data-live>${
    totp
      ? html`<p class="code"><span class="visually-hidden">Current code: </span><strong>${totp.code}</strong></p>
<p class="left"><meter min="0" max="30" value="${totp.secondsLeft}" aria-label="Seconds left">${totp.secondsLeft}</meter> ${
          time?.frozen ? 'the clock is stopped' : `${totp.secondsLeft} s left`
        }</p>`
      : html`<p class="muted">No authenticator app is registered.</p>`
  }</div></section>`
}

function messageSection({ sms }: Phone): Html {
  return html`<section aria-labelledby="messages"><h2 id="messages">Messages</h2>
<div id="message-list" data-live aria-live="polite">${
    sms.length === 0
      ? html`<p class="muted" id="no-message">No text messages.</p>`
      : sms.map(
          ({ text, receivedAt, phoneNumber }, index) =>
            html`<p class="message" id="message-${sms.length - index}">${text} <span class="muted">${timeText(receivedAt)} to ${phoneNumber}</span></p>`,
        )
  }</div></section>`
}

const behaviours = [
  {
    name: 'push',
    label: 'A notification comes, and the phone',
    usual: 'ask',
    words: {
      ask: 'waits for an answer',
      approve: 'approves',
      deny: 'denies',
      mistype: 'enters wrong numbers',
      reportFraud: 'reports a fraud',
      ignore: 'is switched off',
    },
  },
  {
    name: 'voice',
    label: 'It rings, and the person',
    usual: 'ask',
    words: {
      ask: 'waits',
      approve: 'presses #',
      deny: 'hangs up',
      reportFraud: 'presses 0: fraud',
      ignore: 'has switched it off',
    },
  },
  {
    name: 'sms',
    label: 'A text message',
    usual: 'deliver',
    words: { deliver: 'arrives', ignore: 'does not arrive' },
  },
] as const

/** What the phone does when nobody touches it. */
function behaviourSection({ behaviour, userPrincipalName: upn }: Phone): Html {
  const { afterSeconds = 0 } = behaviour ?? {}
  const choices = behaviours.map(({ name, label, usual, words }) => {
    const chosen = behaviour?.[name] ?? usual
    const options = Object.entries(words).map(
      ([value, text]) => html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`,
    )
    return html`<p><label for="${name}">${label}</label><select id="${name}" name="${name}">${options}</select></p>`
  })
  return html`<section aria-labelledby="behaviour"><h2 id="behaviour">By itself</h2>
<form method="post" action="${urls.behaviour(upn)}" class="filters">${choices}<p><label for="afterSeconds">Answers after seconds of the stack’s clock</label><input id="afterSeconds" name="afterSeconds" type="number" min="0" max="3600" value="${afterSeconds}" required></p><p><button>Set</button></p></form></section>`
}

function methodSection({ phone, pictures }: PhoneView): Html {
  const items = phone.methods.map((method) => methodItem(method, pictures.get(method.id)))
  return html`<section aria-labelledby="methods" class="methods"><h2 id="methods">Registered methods</h2>
${items.length > 0 ? html`<ul>${items}</ul>` : html`<p>No method is registered: the next sign-in that needs one asks for it.</p>`}</section>`
}

type Method = Phone['methods'][number]

function methodItem(method: Method, picture: string | undefined): Html {
  const { id, isDefault, secret, otpauthUri } = method
  const enrolment =
    secret !== undefined &&
    html`<details id="enrolment-${id}"><summary>Use an authenticator app of your own</summary>
${picture && html`<p><img class="enrolment" src="${picture}" alt="QR code of the enrolment" width="200" height="200"></p>`}
<p>Secret <code>${secret}</code></p><p><code class="block">${otpauthUri}</code></p></details>`
  return html`<li><strong>${methodName(method)}</strong>${isDefault && html` <span class="tag">default</span>`}${enrolment}</li>`
}

const names: Readonly<Record<string, (number: string) => string>> = {
  fido2: (name) => `Passkey ${name}`,
  totp: () => 'Codes of an authenticator app',
  sms: (number) => `Text messages to ${number}`,
  voice: (number) => `Calls to ${number}`,
}

function methodName({ type, display, deviceName, phoneNumber }: Method): string {
  if (type === 'push') return `Notifications on ${deviceName ?? display}`
  return names[type]?.(phoneNumber ?? display) ?? display
}

/** Those on this phone sign where a browser is given them; the others are on devices of their own. */
function passkeySection({ passkeys, userPrincipalName: upn }: Phone): Html {
  return html`<section aria-labelledby="passkeys" class="methods"><h2 id="passkeys">Passkeys</h2>
${passkeys.length > 0 ? html`<ul>${passkeys.map((passkey) => passkeyItem(passkey, upn))}</ul>` : html`<p>None is registered.</p>`}
<form method="post" action="${urls.createPasskey(upn)}" class="filters"><p><label for="passkey-name">Name of a new one</label><input id="passkey-name" name="name" maxlength="30" required value="Simulated phone"></p><p><button>Make a passkey on this phone</button></p></form>
<p class="muted">In a browser: <code>fauxchange browser --passkeys ${upn}</code>, or the fixture <code>passkeys</code> of Playwright.</p></section>`
}

function passkeyItem(passkey: Phone['passkeys'][number], upn: string): Html {
  const { id, name, signCount, onPhone, lastUsedAt } = passkey
  const used = lastUsedAt === null ? 'never used' : `last used ${timeText(lastUsedAt)}`
  const field = `name-${id}`
  return html`<li id="passkey-${id}"><strong>${name}</strong> <span class="tag">${onPhone ? 'on this phone' : 'on another device'}</span>
<span class="muted">${used}${signCount > 0 && `, ${signCount} signatures`}</span>
<details id="change-${id}"><summary>Change<span class="visually-hidden"> ${name}</span></summary>
<form method="post" action="${urls.renamePasskey(upn)}" class="filters"><input type="hidden" name="id" value="${id}"><p><label for="${field}">Name</label><input id="${field}" name="name" maxlength="30" required value="${name}"></p><p><button>Rename</button></p></form>
<form method="post" action="${urls.removePasskey(upn)}"><input type="hidden" name="id" value="${id}"><p><button class="danger">Remove</button></p></form></details></li>`
}
