import { X509Certificate } from 'node:crypto'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { all, child, element, text, valueText } from '../elements.ts'

/** [MS-ASCMD] 2.2.1.22: whether a certificate that came with a message is good for mail. */
export async function validateCert({ body, now }: Call): Promise<CommandAnswer> {
  const given = all(child(body, 'ValidateCert:Certificates'), 'ValidateCert:Certificate')
  const chain = all(child(body, 'ValidateCert:CertificateChain'), 'ValidateCert:Certificate').flatMap(parsed)
  if (given.length === 0) return document(element('ValidateCert:ValidateCert', text('ValidateCert:Status', 2)))
  const judged = given.map((each) => {
    const [certificate] = parsed(each)
    const status = certificate ? judge(certificate, chain, now) : 17
    return element('ValidateCert:Certificate', text('ValidateCert:Status', status))
  })
  return document(element('ValidateCert:ValidateCert', text('ValidateCert:Status', 1), judged))
}

function parsed(each: WbxmlElement): readonly X509Certificate[] {
  try {
    return [new X509Certificate(Buffer.from(valueText(each), 'base64'))]
  } catch {
    return []
  }
}

const emailProtection = '1.3.6.1.5.5.7.3.4'

/** Nothing that a client brings is an anchor here: the best that a chain can be is untrusted. */
function judge(certificate: X509Certificate, chain: readonly X509Certificate[], now: Date): number {
  if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) return 7
  const usages = certificate.keyUsage
  if (usages && usages.length > 0 && !usages.includes(emailProtection)) return 6
  const issuer = chain.find((each) => certificate.checkIssued(each))
  if (issuer && !certificate.verify(issuer.publicKey)) return 3
  if (!issuer && certificate.issuer !== certificate.subject) return 10
  return 4
}
