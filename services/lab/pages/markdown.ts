import type { Token, Tokens } from 'marked'
import { type Html, html } from '#shared/html/html.ts'

// Documents of our own as Html, from the library's tokens: everything is escaped, and HTML in them is shown as text.

type LinkTo = (href: string) => string | undefined

/** @param linkTo where a link of the document leads from here; one that leads nowhere stays as its text */
export async function renderMarkdown(text: string, linkTo: LinkTo): Promise<Html> {
  const { lexer } = await import('marked')
  return html`${lexer(text).map((token) => block(token, linkTo))}`
}

function block(token: Token, linkTo: LinkTo): Html {
  const of = token as Tokens.Generic
  switch (token.type) {
    case 'heading':
      return heading(of as Tokens.Heading, linkTo)
    case 'paragraph':
      return html`<p>${inline(of.tokens, linkTo)}</p>`
    case 'code':
      return html`<pre data-copy tabindex="0"><code>${of.text}</code></pre>`
    case 'list':
      return list(of as Tokens.List, linkTo)
    case 'table':
      return table(of as Tokens.Table, linkTo)
    case 'text':
      return html`${of.tokens ? inline(of.tokens, linkTo) : unescaped(of.text)}`
    case 'space':
      return html``
    default:
      return html`<p>${token.raw}</p>`
  }
}

function heading({ depth, tokens }: Tokens.Heading, linkTo: LinkTo): Html {
  const text = inline(tokens, linkTo)
  if (depth === 1) return html`<h1>${text}</h1>`
  return depth === 2 ? html`<h2>${text}</h2>` : html`<h3>${text}</h3>`
}

function list({ ordered, items }: Tokens.List, linkTo: LinkTo): Html {
  const all = items.map(({ tokens }) => html`<li>${tokens.map((each) => block(each, linkTo))}</li>`)
  return ordered ? html`<ol>${all}</ol>` : html`<ul>${all}</ul>`
}

function table({ header, rows }: Tokens.Table, linkTo: LinkTo): Html {
  const cell = ({ tokens }: Tokens.TableCell) => html`<td>${inline(tokens, linkTo)}</td>`
  const names = header.map(({ tokens, text }) =>
    text === '' ? html`<td></td>` : html`<th scope="col">${inline(tokens, linkTo)}</th>`,
  )
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${names}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map(cell)}</tr>`,
  )}</tbody></table></div>`
}

/** The words of a line, with code, emphasis and links. */
export function inline(tokens: readonly Token[] | undefined, linkTo: LinkTo): readonly Html[] {
  return (tokens ?? []).map((token) => word(token as Tokens.Generic, linkTo))
}

function word({ type, text, raw, href, tokens }: Tokens.Generic, linkTo: LinkTo): Html {
  if (type === 'codespan') return html`<code>${text}</code>`
  if (!tokens) return html`${unescaped(text ?? raw)}`
  const within = inline(tokens, linkTo)
  if (type === 'strong') return html`<strong>${within}</strong>`
  if (type === 'em') return html`<em>${within}</em>`
  const url = type === 'link' ? linkTo(href) : undefined
  return url === undefined ? html`${within}` : html`<a href="${url}">${within}</a>`
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

/** The library escapes texts; so does whoever writes them into a page. */
function unescaped(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity)
}
