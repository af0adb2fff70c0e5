import type { FastifyReply, FastifyRequest } from 'fastify'
import { document, sendPage } from './document.ts'
import { type Html, html } from './html.ts'

export interface FormPostView {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  readonly title?: string
}

const submitScript = 'window.setTimeout(function () { document.forms[0].submit() }, 0);'

/**
 * The page that carries a protocol message to the next party: it submits itself, and has a button where scripts
 * are off. The shape (`name="hiddenform"`, hidden inputs) is AD FS's, which clients scrape.
 */
export function formPost(view: FormPostView): Html {
  return document(pageOf(view))
}

export function sendFormPost(request: FastifyRequest, reply: FastifyReply, view: FormPostView): FastifyReply {
  request.recording.postsTo(view.action, view.fields)
  return sendPage(reply, pageOf(view))
}

function pageOf({ action, fields, title }: FormPostView) {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )
  const body = html`<form method="POST" name="hiddenform" action="${action}">${inputs}<noscript><p>Script is disabled. Click Submit to continue.</p><input type="submit" value="Submit" /></noscript></form><script>${scriptText()}</script>`
  return { title: title ?? 'Working...', body, inlineScripts: [submitScript] }
}

function scriptText(): Html {
  return html([submitScript] as unknown as TemplateStringsArray)
}
