import { type Html, html } from '#shared/html/html.ts'
import { browserCommand, type ClientSetting, clientSettings } from '../../connect/client-settings.ts'
import type { GatewayAddress } from '../../connect/gateways.ts'
import { urls } from '../../urls.ts'
import type { OverviewView } from './overview-page.ts'

const zoneNames = { internet: 'From the internet', corp: 'Inside the network' } as const
const zoneNotes = {
  internet: 'Names lead to Web Application Proxy and the cloud.',
  corp: 'Names lead to Exchange and AD FS themselves.',
} as const

/** The gateways and what to tell a client so that it uses them. */
export function connectSection(view: OverviewView): Html {
  const { gateways, lab, authority, addresses } = view
  const gateway = gateways.find((each) => each.proxy !== undefined)
  const settings = clientSettings({
    lab,
    proxy: gateway?.proxy ?? lab,
    tls: gateway?.tls,
    target: addresses.find((each) => each.answeredBy.internet === 'wap')?.url ?? 'https://outlook.office.com/owa/',
  })
  return html`<section aria-labelledby="connect"><h2 id="connect">Connect</h2>
<p>A client stands where its gateway stands. Nothing on this machine is re-pointed; only what goes through a gateway reaches the mock.</p>
<div class="zones">${gateways.map((each) => zoneCard(each, lab))}</div>
<div class="authority"><p><a class="button" href="${urls.authority}" download="fauxchange-ca.pem">Download the CA certificate</a></p>
<p>SHA-256 <code class="fingerprint">${authority.fingerprint}</code></p>
<p>It can vouch for the names of this stack only. Trust it in a test client or a throw-away profile, not in the whole system.</p></div>
<h3>Other clients</h3>
<div class="settings">${settings.map(settingDetails)}</div></section>`
}

function zoneCard({ zone, proxy, tls }: GatewayAddress, lab: string): Html {
  const facts = proxy
    ? html`<dl><dt>HTTP proxy</dt><dd><code>${proxy}</code></dd>
<dt>TLS by server name</dt><dd><code>${tls}</code></dd>
<dt>Proxy auto-configuration</dt><dd><a href="${proxy}${urls.proxyConfiguration}">${proxy}${urls.proxyConfiguration}</a></dd>
<dt>Browser</dt><dd><pre data-copy><code>${browserCommand(zone, proxy)}</code></pre></dd></dl>`
    : html`<p>Its address stands on the screen that the start of the stack printed. You are at <code>${lab}</code>.</p>`
  return html`<article class="zone"><h3>${zoneNames[zone]}</h3><p>${zoneNotes[zone]}</p>${facts}</article>`
}

function settingDetails({ client, lines, note }: ClientSetting, index: number): Html {
  return html`<details name="client"${index === 0 && html` open`}><summary>${client}</summary>
<pre data-copy><code>${lines.join('\n')}</code></pre>${note && html`<p>${note}</p>`}</details>`
}
