import { hash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { type Html, type HtmlValue, html } from './html.ts'

export interface PageView {
  readonly title: string
  readonly body: Html
  /** Paths on our own origin. */
  readonly stylesheets?: readonly string[]
  readonly scripts?: readonly string[]
  readonly head?: HtmlValue
  readonly bodyClass?: string
  /** Text of inline scripts that `head` or `body` contain; their hashes enter the content security policy. */
  readonly inlineScripts?: readonly string[]
  /** Where forms may post beyond our own origin. */
  readonly formTargets?: readonly string[]
  /** For pages whose drawing library brings style elements of its own. */
  readonly inlineStyles?: boolean
  /** Origins that may be framed (front-channel sign-out). */
  readonly frameSources?: readonly string[]
  /** From where pictures may come beyond our own origin, such as `https:`. */
  readonly imageSources?: readonly string[] | undefined
  readonly language?: string
}

/** A whole document with the discreet mark that says this is a mock. */
export function document(view: PageView): Html {
  return html`<!doctype html>
<html lang="${view.language ?? 'en'}" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Fauxchange (mock)"><meta name="robots" content="noindex"><title>${view.title}</title>
${(view.stylesheets ?? []).map((path) => html`<link rel="stylesheet" href="${path}">`)}${view.head}</head>
<body class="${view.bodyClass ?? 'body'}">${view.body}
${(view.scripts ?? []).map((path) => html`<script src="${path}" defer></script>`)}</body></html>`
}

export function sendPage(reply: FastifyReply, view: PageView, status = 200): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy(view))
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store, no-cache')
    .header('pragma', 'no-cache')
    .send(document(view).text)
}

function contentSecurityPolicy(view: PageView): string {
  const hashes = (view.inlineScripts ?? []).map((text) => `'sha256-${hash('sha256', text, 'base64')}'`)
  return [
    "default-src 'none'",
    `style-src 'self'${view.inlineStyles ? " 'unsafe-inline'" : ''}`,
    ["img-src 'self' data:", ...(view.imageSources ?? [])].join(' '),
    "connect-src 'self'",
    `script-src ${["'self'", ...hashes].join(' ')}`,
    // Chromium applies form-action to the redirects that follow a post too, so sign-in pages leave it open.
    ...(view.formTargets ? [`form-action 'self' ${view.formTargets.join(' ')}`] : []),
    `frame-src ${view.frameSources?.join(' ') || "'none'"}`,
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join('; ')
}
