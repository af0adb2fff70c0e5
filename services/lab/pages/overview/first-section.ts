import { type Html, html } from '#shared/html/html.ts'
import { browserCommand } from '../../connect/client-settings.ts'
import { urls } from '../../urls.ts'
import type { OverviewView } from './overview-page.ts'

/** What somebody does who has just come here. */
export function firstSection({ gateways, walker, lab }: OverviewView): Html {
  const proxy = gateways.find(({ zone }) => zone === 'internet')?.proxy ?? lab
  return html`<section aria-labelledby="first" class="first"><h2 id="first">First steps</h2>
<ol><li><p>Open a mailbox in a browser of this world. It has a profile of its own; your system stays as it is.</p>
<pre data-copy tabindex="0" role="group" aria-label="Command"><code>${browserCommand('internet', proxy)} https://outlook.office.com/owa</code></pre></li>
<li><p>Sign in as <code data-copy>${walker.upn}</code> with <code data-copy>${walker.password}</code>, and answer on <a href="${urls.phone(walker.upn)}">the phone</a>.</p></li>
<li><p>See who decided what, and why, in the <a href="${urls.journal}">journal</a>.</p></li></ol>
<p class="ways"><a class="button primary" href="${urls.tour}">Take the tour</a> <a class="button" href="${urls.connect}">Connect your application</a> <a class="button" href="${urls.guides}">Guides</a> <a class="button" href="${urls.outlookMobile}">Try Outlook mobile</a></p></section>`
}
