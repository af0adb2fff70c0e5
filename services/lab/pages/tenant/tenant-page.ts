import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { RegisteredDevice } from '../../directory/schemas.ts'
import type { Device, ForcedOutcome, Keys, TenantDomain, TenantUser } from '../../tenant/schemas.ts'
import { type Notice, urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import { labPage, type StackTime } from '../frame.ts'
import { outcomeSection } from './outcome-section.ts'
import { writtenBackSection } from './written-back-section.ts'

export interface TenantView {
  readonly users: readonly TenantUser[]
  readonly devices: readonly Device[]
  readonly registered: readonly RegisteredDevice[]
  readonly domains: readonly TenantDomain[]
  readonly outcomes: readonly ForcedOutcome[]
  readonly keys: Keys
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
}

/** What administrators, device management and fate decide for all of the tenant. */
export function tenantPage(view: TenantView): PageView {
  const { users, devices, registered, domains, outcomes, keys, time, notice, problem } = view
  return labPage({
    title: 'Tenant',
    current: 'tenant',
    time,
    notice,
    problem,
    main: html`<div class="headline"><h1>Tenant</h1>
<p>Change what Entra ID goes by. Everything counts from the next request on, and a reset takes it back.</p></div>
${deviceSection(devices, users)}
${writtenBackSection(registered)}
${domainSection(domains)}
${outcomeSection(outcomes, users)}
${keySection(keys)}
${personSection(users)}`,
  })
}

function personSection(users: readonly TenantUser[]): Html {
  return html`<section aria-labelledby="people"><h2 id="people">People</h2>
<p>Risk, Temporary Access Passes, sign-ins to end.</p>
<ul class="people">${users.map(
    ({ userPrincipalName, displayName, enabled }) =>
      html`<li><a href="${urls.person(userPrincipalName)}">${displayName}</a> <span class="muted">${userPrincipalName}${!enabled && ', disabled'}</span></li>`,
  )}</ul></section>`
}

function deviceSection(devices: readonly Device[], users: readonly TenantUser[]): Html {
  const owners = new Map(users.map(({ objectId, userPrincipalName }) => [objectId, userPrincipalName]))
  return html`<section aria-labelledby="devices"><h2 id="devices">Devices</h2>${
    devices.length === 0
      ? html`<p class="muted">No device is registered.</p>`
      : dataTable({
          caption: 'Devices',
          captionHidden: true,
          columns: ['Device', 'Owner', 'Joined', 'Compliant', 'Enabled'],
          rows: devices.map((device) => ({ cells: deviceCells(device, owners) })),
        })
  }</section>`
}

function deviceCells(device: Device, owners: ReadonlyMap<string, string>) {
  const { deviceId, displayName, operatingSystem, trustType, isCompliant, accountEnabled, ownerId } = device
  const flip = (name: string, now: boolean, texts: readonly [on: string, off: string]) =>
    html`<form method="post" action="${urls.device(deviceId)}" class="flip"><span>${now ? 'yes' : 'no'}</span> <button name="${name}" value="${String(!now)}">${now ? texts[1] : texts[0]} <span class="visually-hidden">${displayName}</span></button></form>`
  return [
    html`${displayName} <span class="muted">${operatingSystem}</span>`,
    (ownerId && owners.get(ownerId)) ?? '–',
    trustType,
    flip('isCompliant', isCompliant, ['Mark compliant', 'Mark not compliant']),
    flip('accountEnabled', accountEnabled, ['Enable', 'Disable']),
  ]
}

const models = [
  { value: 'federated', text: 'federated (AD FS)' },
  { value: 'passwordHashSync', text: 'password hash synchronization' },
  { value: 'passThrough', text: 'pass-through authentication' },
]

function domainSection(domains: readonly TenantDomain[]): Html {
  return html`<section aria-labelledby="domains"><h2 id="domains">Domains</h2>${dataTable({
    caption: 'Domains',
    captionHidden: true,
    columns: ['Domain', 'Identity model', 'Convert'],
    rows: domains.map(({ name, authentication, isInitial }) => ({
      cells: [
        name,
        models.find(({ value }) => value === authentication)?.text ?? 'cloud only',
        isInitial ? '–' : convertForm(name, authentication),
      ],
    })),
  })}</section>`
}

function convertForm(name: string, authentication: string): Html {
  const id = `model-${name}`
  return html`<form method="post" action="${urls.domain(name)}" class="inline"><label for="${id}" class="visually-hidden">Identity model of ${name}</label><select id="${id}" name="authentication">${models.map(
    ({ value, text }) => html`<option value="${value}"${value === authentication && html` selected`}>${text}</option>`,
  )}</select><button>Convert <span class="visually-hidden">${name}</span></button></form>`
}

function keySection({ signing, published }: Keys): Html {
  return html`<section aria-labelledby="keys"><h2 id="keys">Signing keys</h2>
<p>Tokens are signed by <code>${signing}</code>; published: ${published.map((key, index) => html`${index > 0 && ', '}<code>${key}</code>`)}.</p>
<form method="post" action="${urls.rollOver}" class="inline"><label for="after">New key signs after minutes</label><input id="after" name="afterMinutes" type="number" min="0" max="43200" value="0" required><button>Roll over</button></form></section>`
}
