import { type Html, html } from '#shared/html/html.ts'
import type { DeploymentHealth } from '../../deployments/deployments.ts'

const products: Readonly<Record<string, string>> = {
  directory: 'Active Directory, Entra Connect',
  entra: 'Entra ID',
  adfs: 'AD FS',
  wap: 'Web Application Proxy',
  'exchange-onprem': 'Exchange Server',
  'exchange-online': 'Exchange Online',
  autodetect: 'Outlook mobile AutoDetect',
  lab: 'this lab',
}

export function deploymentSection(deployments: readonly DeploymentHealth[]): Html {
  const items = deployments.map(
    ({
      name,
      status,
    }) => html`<li class="${status === 'ready' ? 'ready' : 'not-ready'}"><strong>${name}</strong> <em>${status}</em>
<span>${products[name] ?? ''}</span></li>`,
  )
  return html`<section aria-labelledby="deployments"><h2 id="deployments">Deployments</h2>
<ul class="deployments" id="deployment-list" data-live>${items}</ul></section>`
}
