import { createHash, X509Certificate } from 'node:crypto'

/** What of a certificate finds an account and decides whether it may be used. */
export interface ClientCertificate {
  readonly serialNumber: string
  readonly subject: string
  readonly validFrom: Date
  readonly validTo: Date
  /** Signed by the authority in question. */
  readonly issuedHere: boolean
  readonly forClientAuthentication: boolean
  /** szOID_NT_PRINCIPAL_NAME in the subject alternative name. */
  readonly userPrincipalName: string | undefined
  /** As altSecurityIdentities spells it ([MS-PKCA] §3.1.5.2.1.6): any of them may be mapped to an account. */
  readonly identities: readonly string[]
}

const clientAuthentication = '1.3.6.1.5.5.7.3.2'

/** Undefined when the bytes are no certificate. */
export async function readClientCertificate(der: Buffer, authorityPem: string): Promise<ClientCertificate | undefined> {
  const certificate = parse(der)
  if (!certificate) return undefined
  const authority = new X509Certificate(authorityPem)
  const { names, keyIdentifier } = await readExtensions(der)
  const mapped = names.filter(({ type }) => type === 'email').map(({ value }) => `X509:<RFC822>${value}`)
  return {
    serialNumber: certificate.serialNumber,
    subject: certificate.subject.replaceAll('\n', ', '),
    validFrom: certificate.validFromDate,
    validTo: certificate.validToDate,
    issuedHere: certificate.issuer === authority.subject && certificate.verify(authority.publicKey),
    forClientAuthentication: certificate.keyUsage?.includes(clientAuthentication) ?? false,
    userPrincipalName: names.find(({ type }) => type === 'upn')?.value,
    identities: [
      `X509:<I>${distinguishedName(certificate.issuer)}<SR>${reversed(certificate.serialNumber)}`,
      ...(keyIdentifier === undefined ? [] : [`X509:<SKI>${keyIdentifier}`]),
      `X509:<SHA1-PUKEY>${createHash('sha1')
        .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
        .digest('hex')}`,
      ...mapped,
    ],
  }
}

function parse(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}

async function readExtensions(der: Buffer) {
  await import('reflect-metadata')
  const {
    SubjectAlternativeNameExtension,
    SubjectKeyIdentifierExtension,
    X509Certificate: Parsed,
  } = await import('@peculiar/x509')
  const certificate = new Parsed(new Uint8Array(der))
  return {
    names: certificate.getExtension(SubjectAlternativeNameExtension)?.names.toJSON() ?? [],
    keyIdentifier: certificate.getExtension(SubjectKeyIdentifierExtension)?.keyId,
  }
}

/** Most specific last, as in altSecurityIdentities. */
function distinguishedName(lines: string): string {
  return lines.split('\n').join(',')
}

function reversed(serialNumber: string): string {
  return Buffer.from(serialNumber, 'hex').reverse().toString('hex').toUpperCase()
}
