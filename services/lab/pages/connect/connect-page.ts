import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import { type Kind, kinds } from '../../connect/kinds.ts'
import type { PhoneDoor } from '../../connect/phone-door.ts'
import type { ReadySettings } from '../../connect/ready-settings.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface ConnectView {
  readonly kind: Kind
  readonly choices: readonly { readonly id: string; readonly name: string }[]
  readonly chosen: string
  readonly settings: ReadySettings | undefined
  /** Whose mailbox a configuration profile may be for. */
  readonly mailboxes: readonly string[]
  /** Where a phone gets it, if a phone can reach this lab. */
  readonly door: PhoneDoor | undefined
  /** Of an application that was just added. */
  readonly secret: string | undefined
  readonly problem: string | undefined
  readonly time: StackTime | undefined
}

/** What an application under test is to be told so that it meets this world. */
export function connectPage(view: ConnectView): PageView {
  const { kind, settings, secret, problem, time } = view
  return labPage({
    title: 'Connect',
    current: 'connect',
    time,
    problem,
    main: html`<div class="headline"><h1>Connect an application</h1>
<p>Ready settings for what you test. Nothing in it has to know that this is a mock.</p></div>
${secret && html`<p class="notice" role="status">The application is there. Its secret is told here once: <code>${secret}</code></p>`}
${choice(view)}
${view.mailboxes.length > 0 && profileSection(view)}
${settings ? settingsSection(kinds[kind].title, settings) : html`<p>There is nothing of this kind yet. Add one below.</p>`}
${addSection()}`,
  })
}

function choice({ kind, choices, chosen }: ConnectView): Html {
  const groups = Map.groupBy(Object.entries(kinds), ([, { group }]) => group)
  const options = [...groups].map(
    ([group, own]) =>
      html`<optgroup label="${group}">${own.map(([id, { title }]) => html`<option value="${id}"${id === kind && html` selected`}>${title}</option>`)}</optgroup>`,
  )
  const which = html`<p><label for="for">Registration or trust</label><select id="for" name="for">${choices.map(
    ({ id, name }) => html`<option value="${id}"${id === chosen && html` selected`}>${name}</option>`,
  )}</select></p>`
  return html`<form method="get" action="${urls.connect}" class="fields">
<p><label for="kind">Kind of application</label><select id="kind" name="kind">${options}</select></p>
${choices.length > 0 && which}
<p><button>Show</button></p></form>`
}

function profileSection({ mailboxes, door }: ConnectView): Html {
  return html`<section aria-labelledby="profile"><h2 id="profile">Configuration profile</h2>
<p>An ActiveSync account and the CA. The device needs the gateway as the proxy of its Wi-Fi network, so that the gateway has to listen on an address that the device reaches.</p>
${
  door
    ? html`<p><img class="enrolment" src="${door.picture}" alt="QR code of ${door.address}" width="200" height="200"></p><p>The camera of the device opens this page: <code>${door.address}</code></p>`
    : html`<p>A phone does not reach this address. Start with <code>--bind</code> and an address of this machine, open this page there, and a QR code leads the phone to it.</p>`
}
<form method="get" action="${urls.mailProfile}" class="fields"><p><label for="user">Mailbox</label><select id="user" name="user">${mailboxes.map((upn) => html`<option>${upn}</option>`)}</select></p>
<p><button>Download the profile</button></p></form></section>`
}

function settingsSection(title: string, { facts, environment, snippet, notes }: ReadySettings): Html {
  return html`<section aria-labelledby="settings"><h2 id="settings">${title}</h2>
${facts.map(({ name, value }) => html`<h3>${name}</h3>${block(name, value)}`)}
</section>
<section aria-labelledby="environment"><h2 id="environment">Environment</h2>
<p>Proxy, CA, and the settings above as variables.</p>
${block('Variables', environment.join('\n'))}</section>
${
  snippet &&
  html`<section aria-labelledby="snippet"><h2 id="snippet">Code (${snippet.language})</h2>
<p>${snippet.isFilledIn ? 'The settings are filled in.' : 'It reads its settings from the variables.'}</p>
${block('Code', snippet.code)}</section>`
}
${notes.length > 0 && html`<ul class="settings-notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`
}

/** A keyboard must reach what scrolls. */
function block(name: string, value: string): Html {
  return html`<pre data-copy tabindex="0" role="group" aria-label="${name}"><code>${value}</code></pre>`
}

function addSection(): Html {
  return html`<section aria-labelledby="add-application"><h2 id="add-application">Add an app registration</h2>
<form method="post" action="${urls.addApplication}" class="fields">
<p><label for="app-name">Name</label><input id="app-name" name="name" required></p>
<p><label for="app-kind">It is</label><select id="app-kind" name="kind">
<option value="web">a web application</option><option value="browser">a single-page application</option>
<option value="native">a desktop or mobile application</option><option value="daemon">a program without a person</option></select></p>
<p><label for="app-redirect">Redirect URI</label><input id="app-redirect" name="redirectUri" type="url"></p>
<p><button>Add application</button></p></form></section>
<section aria-labelledby="add-party"><h2 id="add-party">Add a relying party trust</h2>
<form method="post" action="${urls.addRelyingParty}" class="fields">
<p><label for="party-name">Name of the trust</label><input id="party-name" name="name" required></p>
<p><label for="party-url">Address of its metadata</label><input id="party-url" name="metadataUrl" type="url" required></p>
<p><button>Add trust</button></p></form>
<p>By values, from a file, or from a real farm: <a href="${urls.federation}#create">Federation</a>.</p></section>`
}
