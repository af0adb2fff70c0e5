import { X509Certificate } from 'node:crypto'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { smimeAnchors } from '../../organization/smime-anchors.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { all, child, element, flagOf, text, valueText } from '../elements.ts'

/** [MS-ASCMD] 2.2.1.22: whether a certificate that came with a message is good for mail. */
export async function validateCert({ parts, body, now }: Call): Promise<CommandAnswer> {
  const given = all(child(body, 'ValidateCert:Certificates'), 'ValidateCert:Certificate')
  const chain = all(child(body, 'ValidateCert:CertificateChain'), 'ValidateCert:Certificate').flatMap(parsed)
  if (given.length === 0) return document(element('ValidateCert:ValidateCert', text('ValidateCert:Status', 2)))
  const anchors = smimeAnchors(await parts.organization.settings())
  const asksForRevocation = flagOf(body, 'ValidateCert:CheckCRL') ?? false
  const judged = given.map((each) => {
    const [certificate] = parsed(each)
    const status = certificate ? judge(certificate, { chain, anchors, asksForRevocation, now }) : 17
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

/** Whether it may be used now, and for mail. */
export function isUsable(certificate: X509Certificate, now: Date): boolean {
  return isTimely(certificate, now) && isForMail(certificate)
}

function isTimely({ validFrom, validTo }: X509Certificate, now: Date): boolean {
  return now >= new Date(validFrom) && now <= new Date(validTo)
}

function isForMail({ keyUsage: usages }: X509Certificate): boolean {
  return !usages || usages.length === 0 || usages.includes(emailProtection)
}

interface Trust {
  /** What the client sent beside it, and whom the organization trusts. */
  readonly chain: readonly X509Certificate[]
  readonly anchors: readonly X509Certificate[]
  readonly asksForRevocation: boolean
  readonly now: Date
}

/** [MS-ASCMD] 2.2.3.177.19 */
function judge(certificate: X509Certificate, trust: Trust): number {
  if (!isTimely(certificate, trust.now)) return 7
  if (!isForMail(certificate)) return 6
  const status = judgeChain(certificate, trust)
  return status === 1 && trust.asksForRevocation ? unknownRevocation(certificate) : status
}

const longestChain = 10

function judgeChain(certificate: X509Certificate, trust: Trust): number {
  let current = certificate
  for (let length = 0; length < longestChain; length += 1) {
    const link = judgeLink(current, trust)
    if (typeof link === 'number') return link
    current = link
  }
  return 5
}

/** What there is to say here, or the issuer with whom to go on. */
function judgeLink(current: X509Certificate, { chain, anchors, now }: Trust): X509Certificate | number {
  if (anchors.some(({ fingerprint256 }) => fingerprint256 === current.fingerprint256)) return 1
  if (current.checkIssued(current)) return current.verify(current.publicKey) ? 4 : 3
  const issuer = [...anchors, ...chain].find((each) => current.checkIssued(each))
  if (!issuer) return 10
  if (!current.verify(issuer.publicKey)) return 3
  if (!issuer.ca) return 5
  return isTimely(issuer, now) ? issuer : 8
}

const distributionPoints = Buffer.from('0603551d1f', 'hex')

/** Nobody is asked for lists of what was revoked: they cannot be reached (14), or the certificate names none (16). */
function unknownRevocation({ raw }: X509Certificate): number {
  return raw.includes(distributionPoints) ? 14 : 16
}
