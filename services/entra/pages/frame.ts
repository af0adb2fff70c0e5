import type { FastifyReply } from 'fastify'
import { sendPage } from '#shared/html/document.ts'
import { type Html, type HtmlValue, html, scriptJson } from '#shared/html/html.ts'
import { assetPaths } from '../urls.ts'

/** What every page of a sign-in gives back with its form. */
export interface FormTokens {
  readonly context: string
  readonly flowToken: string
  readonly canary: string
}

/** The collapsed block of every page: what request led here, and which policy asked. */
export interface Journey {
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly policies: readonly { readonly name: string; readonly result: string; readonly reason: string }[]
}

export interface FrameView {
  /** Such as `ConvergedSignIn`: by it programs tell the pages apart. */
  readonly pageId: string
  readonly title: string
  readonly heading: string
  /** Shown above the heading once somebody is named. */
  readonly account?: string | undefined
  readonly organization: string
  readonly footNote?: string | undefined
  readonly body: Html
  readonly journey?: Journey | undefined
  readonly config: Readonly<Record<string, unknown>>
  /** The page has something that happens by itself. */
  readonly scripts?: boolean | readonly string[]
  readonly frameSources?: readonly string[]
}

export function sendSignInPage(reply: FastifyReply, view: FrameView, status = 200): FastifyReply {
  const script = html`//<![CDATA[
$Config=${scriptJson({ pgid: view.pageId, ...view.config })};
//]]>`
  return sendPage(
    reply,
    {
      title: view.title,
      head: html`<link rel="icon" href="data:,"><script>${script}</script>`,
      inlineScripts: [script.text],
      stylesheets: [assetPaths.stylesheet],
      scripts: view.scripts === true ? [assetPaths.script] : view.scripts || [],
      bodyClass: 'sign-in',
      frameSources: view.frameSources ?? [],
      body: frame(view),
    },
    status,
  )
}

function frame(view: FrameView): Html {
  return html`<main class="box"><p class="brand">${view.organization}</p>
${view.account && html`<p class="account" id="displayName">${view.account}</p>`}
<h1 id="loginHeader">${view.heading}</h1>
${view.body}
${view.footNote && html`<p class="foot-note">${view.footNote}</p>`}
${view.journey && journeyBlock(view.journey)}</main>
<footer class="mark"><p>Fauxchange mock of Microsoft Entra ID. No real account works here.</p></footer>`
}

function journeyBlock({ facts, policies }: Journey): Html {
  return html`<details class="journey"><summary>What led here</summary>
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${policies.length > 0 && html`<h2>Conditional Access</h2><ul>${policies.map((policy) => html`<li><strong>${policy.name}</strong>: ${policy.result} (${policy.reason})</li>`)}</ul>`}
</details>`
}

export function hiddenTokens({ context, flowToken, canary }: FormTokens): HtmlValue {
  return [
    html`<input type="hidden" name="ctx" value="${context}">`,
    html`<input type="hidden" name="flowToken" value="${flowToken}">`,
    html`<input type="hidden" name="canary" value="${canary}">`,
  ]
}

/** An error beside its field; `id` is what the field's aria-describedby names. */
export function inlineError(id: string, text: string | undefined): HtmlValue {
  return text !== undefined && html`<p class="error" id="${id}" role="alert">${text}</p>`
}
