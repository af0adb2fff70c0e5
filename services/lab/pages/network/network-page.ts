import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { GatewayAddress } from '../../connect/gateways.ts'
import type { DeploymentHealth } from '../../deployments/deployments.ts'
import { type Notice, urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

export interface NetworkView {
  readonly deployments: readonly DeploymentHealth[]
  readonly gateways: readonly GatewayAddress[]
  readonly locations: readonly { readonly name: string; readonly ranges: readonly string[] }[]
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
  readonly problem?: string | undefined
}

/** Machines that are switched off and on, and where clients stand. */
export function networkPage(view: NetworkView): PageView {
  const { deployments, gateways, time, notice, problem } = view
  return labPage({
    ...{ title: 'Machines and network', current: 'network', time, notice, problem },
    live: { url: urls.network, everyMs: 3000 },
    main: html`<div class="headline"><h1>Machines and network</h1>
<p>Switch a machine off: connections to it are refused until it runs again. Its state stays.</p></div>
<section aria-labelledby="machines"><h2 id="machines">Machines</h2>
<ul class="machines" id="machine-list" data-live>${deployments.map(machineItem)}</ul></section>
<section aria-labelledby="clients"><h2 id="clients">Where clients stand</h2>
<p>Named locations, lockout and logs see this address. One client can choose its own by its proxy user name.</p>
${gateways.map(gatewayForm)}
${locationList(view)}${proxyLines(view)}</section>`,
  })
}

function machineItem({ name, status, running, hosts }: DeploymentHealth): Html {
  const names = [...new Set([...hosts.internet, ...hosts.corp])]
  return html`<li id="machine-${name}" class="${status === 'ready' ? 'ready' : 'not-ready'}"><strong>${name}</strong> <em>${status}</em>
<span class="muted">${names.slice(0, 3).join(', ')}${names.length > 3 && html` and ${names.length - 3} more`}</span>${
    name !== 'lab' &&
    running !== undefined &&
    html`<form method="post" action="${urls.runDeployment(name)}"><button name="running" value="${String(!running)}"${running && html` class="danger"`}>${running ? 'Stop' : 'Start'}<span class="visually-hidden"> ${name}</span></button></form>`
  }</li>`
}

function gatewayForm({ zone, clientAddress, proxy }: GatewayAddress): Html {
  const id = `client-${zone}`
  return html`<form method="post" action="${urls.moveClients(zone)}" class="filters"><p><label for="${id}">${zone === 'internet' ? 'Outside' : 'Inside'}${proxy && html` (${proxy})`}</label><input id="${id}" name="clientAddress" value="${clientAddress}" placeholder="the usual one" autocomplete="off"></p><p><button>Move<span class="visually-hidden"> clients, ${zone}</span></button></p></form>`
}

function locationList({ locations }: NetworkView): Html | false {
  if (locations.length === 0) return false
  return html`<h3>Named locations of the tenant</h3><ul>${locations.map(
    ({ name, ranges }) => html`<li>${name}: <code>${ranges.join(', ')}</code></li>`,
  )}</ul>`
}

/** For one client among others: programs send the proxy user name at once, browsers do not. */
function proxyLines({ locations, gateways }: NetworkView): Html | false {
  const proxy = gateways.find(({ zone }) => zone === 'internet')?.proxy
  if (proxy === undefined || locations.length === 0) return false
  const lines = locations.flatMap(({ name, ranges: [range = ''] }) => {
    const address = range.replace(/\/\d+$/, '').replace(/\.0$/, '.10')
    return address.includes(':') ? [] : [`${proxy.replace('://', `://ip-${address}:x@`)}  # ${name}`]
  })
  return html`<h3>One client in a named location</h3><p>Its proxy, with the address as user name:</p>${lines.map((line) => html`<pre data-copy tabindex="0">${line}</pre>`)}`
}
