import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { Said } from '../../page-actions.ts'
import { urls } from '../../urls.ts'
import { labPage, type StackTime } from '../frame.ts'

const places = [
  { url: urls.federation, text: 'Trusts' },
  { url: urls.partners, text: 'Partners and applications' },
  { url: urls.tokenCertificates, text: 'Certificates' },
  { url: urls.lockouts, text: 'Lockouts' },
  { url: urls.webContent, text: 'Web content' },
  { url: urls.farm, text: 'Settings' },
] as const

export interface FederationFrame extends Said {
  readonly title: string
  readonly about: string
  readonly current: (typeof places)[number]['url'] | undefined
  readonly main: Html
  readonly time: StackTime | undefined
}

/** A page of AD FS's administration. */
export function federationFrame({ title, about, current, main, time, notice, problem }: FederationFrame): PageView {
  const links = places.map(
    ({ url, text }) => html`<li><a href="${url}"${url === current && html` aria-current="page"`}>${text}</a></li>`,
  )
  return labPage({
    title,
    current: 'federation',
    time,
    notice,
    problem,
    main: html`<nav aria-label="AD FS" class="places"><ul>${links}</ul></nav>
<div class="headline"><h1>${title}</h1>
<p>${about}</p></div>
${main}`,
  })
}
