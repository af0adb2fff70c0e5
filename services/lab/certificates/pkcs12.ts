export interface Bundle {
  readonly keyPem: string
  readonly certificatePem: string
  readonly authorityPem: string
  readonly friendlyName: string
  readonly password: string
}

/** Key, certificate and authority in one file (RFC 7292), as browsers and operating systems import them; in base64. */
export async function pkcs12(bundle: Bundle): Promise<string> {
  const { default: forge } = await import('node-forge')
  const { keyPem, certificatePem, authorityPem, friendlyName, password } = bundle
  const key = forge.pki.privateKeyFromPem(keyPem)
  const chain = [certificatePem, authorityPem].map((pem) => forge.pki.certificateFromPem(pem))
  // Triple DES is what every importer still reads; the file protects a test certificate.
  const file = forge.pkcs12.toPkcs12Asn1(key, chain, password, { friendlyName, algorithm: '3des' })
  return Buffer.from(forge.asn1.toDer(file).getBytes(), 'binary').toString('base64')
}
