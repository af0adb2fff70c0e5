import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { Account } from '../../accounts/accounts.ts'
import type { WorldAddress } from '../../connect/addresses.ts'
import type { GatewayAddress } from '../../connect/gateways.ts'
import type { DeploymentHealth } from '../../deployments/deployments.ts'
import type { Cycle } from '../../directory/schemas.ts'
import type { Walker } from '../../flows/instructions.ts'
import { type Notice, urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'
import { accountSection } from './account-section.ts'
import { addressSection } from './address-section.ts'
import { connectSection } from './connect-section.ts'
import { controlSection } from './control-section.ts'
import { deploymentSection } from './deployment-section.ts'
import { firstSection } from './first-section.ts'

export interface OverviewView {
  readonly organization: string
  /** As whom somebody new may sign in. */
  readonly walker: Walker
  readonly deployments: readonly DeploymentHealth[]
  readonly gateways: readonly GatewayAddress[]
  /** The lab's own address as the browser knows it. */
  readonly lab: string
  readonly authority: { readonly fingerprint: string }
  readonly addresses: readonly WorldAddress[]
  readonly accounts: readonly Account[]
  /** What the accounts are filtered by. */
  readonly filter: string
  /** Whether Active Directory was asked; else the accounts are as in the scenario. */
  readonly accountsAreLive: boolean
  readonly lastCycle: Cycle | undefined
  readonly time: StackTime | undefined
  readonly notice?: Notice | undefined
}

/** What is running, how to reach it and as whom, and the controls. */
export function overviewPage(view: OverviewView): PageView {
  return labPage({
    title: 'Overview',
    current: 'overview',
    time: view.time,
    notice: view.notice,
    live: { url: urls.overview, everyMs: 3000 },
    main: html`${headline(view)}
${firstSection(view)}
<div class="bench"><div>${deploymentSection(view.deployments)}${connectSection(view)}</div>${controlSection(view)}</div>
${addressSection(view.addresses)}
${accountSection(view)}`,
  })
}

function headline({ organization, deployments }: OverviewView): Html {
  const waiting = deployments.filter((each) => each.status !== 'ready')
  return html`<div class="headline"><h1 id="headline" data-live>${
    waiting.length === 0 ? html`${organization} is running` : html`${organization}: ${waiting.length} not ready`
  }</h1>
<p>Entra ID, AD FS, Web Application Proxy, Exchange and Active Directory of one made-up company, on this machine, for your tests.</p></div>`
}
