import { X509Certificate } from 'node:crypto'
import type { Settings } from './organization-store.ts'

/** The parameter of Set-SmimeConfig; kept as a list of DER in base64. */
export const anchorsSetting = 'SMIMECertificateIssuingCA'

/** Certificates that chains may end at. */
export function smimeAnchors(organization: Settings): readonly X509Certificate[] {
  const kept = organization[anchorsSetting]
  return Array.isArray(kept) ? kept.map((each) => new X509Certificate(Buffer.from(String(each), 'base64'))) : []
}

const storeHead = Buffer.from('0000000043455254', 'hex')
const certificateElement = 0x20

/**
 * The certificates of a serialized store, as `Export-Certificate -Type SST` writes it: a version, "CERT", and elements
 * of a type, an encoding, a length and the bytes. A single certificate is taken too.
 *
 * @returns DER; nothing for what is neither.
 */
export function certificatesOfStore(bytes: Buffer): readonly Buffer[] {
  if (!bytes.subarray(0, storeHead.length).equals(storeHead)) return derOf(bytes)
  const found: Buffer[] = []
  for (let offset = storeHead.length; offset + 12 <= bytes.length; ) {
    const [type, length] = [bytes.readUInt32LE(offset), bytes.readUInt32LE(offset + 8)]
    if (type === 0) break
    if (type === certificateElement) found.push(...derOf(bytes.subarray(offset + 12, offset + 12 + length)))
    offset += 12 + length
  }
  return found
}

function derOf(bytes: Buffer): readonly Buffer[] {
  try {
    return [new X509Certificate(bytes).raw]
  } catch {
    return []
  }
}
