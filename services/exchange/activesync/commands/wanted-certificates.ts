import { createHash, X509Certificate } from 'node:crypto'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { Call } from '../call.ts'
import { element, numberOf, text } from '../elements.ts'
import { isUsable } from './validate-cert.ts'

/** CertificateRetrieval ([MS-ASCMD] 2.2.3.22), and the Status of Certificates (2.2.3.177.12). */
const full = 2
const mini = 3
const statuses = { success: 1, none: 7, limitReached: 8 } as const

/**
 * The Certificates of each recipient in turn, as far as the client asks for any: those that are valid and good for
 * mail, in all no more than MaxCertificates. A MiniCertificate is the SHA-1 thumbprint.
 */
export function wantedCertificates(
  { parts, now }: Pick<Call, 'parts' | 'now'>,
  options: WbxmlElement | undefined,
): (recipient: Pick<Recipient, 'objectGuid'>) => Promise<WbxmlElement | undefined> {
  const retrieval = numberOf(options, 'ResolveRecipients:CertificateRetrieval') ?? 1
  let left = numberOf(options, 'ResolveRecipients:MaxCertificates') ?? Number.POSITIVE_INFINITY
  return async ({ objectGuid }) => {
    if (retrieval !== full && retrieval !== mini) return undefined
    const kept = await parts.files.certificatesOf(objectGuid)
    const usable = kept.filter((each) => isUsable(new X509Certificate(each), now))
    if (usable.length === 0) return certificates('none', 0)
    if (usable.length > left) return certificates('limitReached', usable.length)
    left -= usable.length
    return certificates('success', usable.length, usable.map(retrieval === full ? whole : thumbprint))
  }
}

function certificates(status: keyof typeof statuses, count: number, list: readonly WbxmlElement[] = []): WbxmlElement {
  return element(
    'ResolveRecipients:Certificates',
    text('ResolveRecipients:Status', statuses[status]),
    text('ResolveRecipients:CertificateCount', count),
    text('ResolveRecipients:RecipientCount', count === 0 ? 0 : 1),
    list,
  )
}

const whole = (der: Buffer) => text('ResolveRecipients:Certificate', der.toString('base64'))
const thumbprint = (der: Buffer) =>
  text('ResolveRecipients:MiniCertificate', createHash('sha1').update(der).digest('base64'))
