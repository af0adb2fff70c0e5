import type { PageView } from '#shared/html/document.ts'
import { type Html, html } from '#shared/html/html.ts'
import type { TokenCertificates } from '../../adfs/farm.ts'
import type { Said } from '../../page-actions.ts'
import { urls } from '../../urls.ts'
import { dataTable } from '../data-table.ts'
import type { StackTime } from '../frame.ts'
import { timeText } from '../time-text.ts'
import { federationFrame } from './federation-frame.ts'

export interface CertificatesView extends Said {
  readonly certificates: TokenCertificates
  readonly autoRollover: boolean
  readonly time: StackTime | undefined
}

const kinds = [
  { kind: 'signing', text: 'Token-signing' },
  { kind: 'decrypting', text: 'Token-decrypting' },
] as const

/** Get-AdfsCertificate, Update-AdfsCertificate, Set-AdfsCertificate -IsPrimary. */
export function certificatesPage({ certificates, autoRollover, ...frame }: CertificatesView): PageView {
  return federationFrame({
    ...frame,
    title: 'Certificates',
    about: autoRollover
      ? 'AD FS replaces them by itself before they end: first published, then used.'
      : 'AD FS does not replace them by itself (AutoCertificateRollover is off).',
    current: urls.tokenCertificates,
    main: html`${kinds.map(({ kind, text }) => section(kind, text, certificates[kind]))}`,
  })
}

function section(kind: string, text: string, certificates: TokenCertificates['signing']): Html {
  const address = `${urls.tokenCertificates}/${kind}`
  return html`<section aria-labelledby="${kind}"><h2 id="${kind}">${text}</h2>
${dataTable({
  caption: `${text} certificates`,
  captionHidden: true,
  columns: ['Thumbprint', 'Use', 'From', 'Until'],
  rows: certificates.map((each) => ({
    cells: [
      html`<code>${each.thumbprint}</code>`,
      each.isPrimary ? 'primary' : 'secondary',
      timeText(each.notBefore),
      timeText(each.notAfter),
    ],
  })),
})}
<div class="inline-forms"><form method="post" action="${address}/add"><button>Add a secondary one <span class="visually-hidden">for ${kind}</span></button></form>
${certificates.length > 1 && html`<form method="post" action="${address}/promote"><button>Make the secondary one primary <span class="visually-hidden">for ${kind}</span></button></form>`}
<form method="post" action="${address}/replace"><button class="danger">Replace all at once <span class="visually-hidden">for ${kind}</span></button></form></div></section>`
}
