import type { X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { ExclusiveCanonicalization } from 'xml-crypto'
import { encrypt } from 'xml-encryption'
import { alreadyWrittenXml, type Xml } from '#shared/xml/markup.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'

const encryptWithLibrary = promisify(encrypt)

/** Writes an element so that only the holder of the certificate's key can read it. */
export type EncryptElement = (element: string) => Promise<Xml>

/**
 * `xenc:EncryptedData` as AD FS writes it: AES-256-CBC, its key by RSA-OAEP with SHA-1 (XML Encryption §5.4.2).
 * In exclusive canonical form, since a signature may cover it.
 */
export function elementEncrypter(certificate: X509Certificate): EncryptElement {
  const options = {
    rsa_pub: certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    pem: certificate.toString(),
    encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
    keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    keyEncryptionDigest: 'sha1',
    // The library calls CBC insecure; it is what AD FS encrypts with, under a signature.
    disallowEncryptionWithInsecureAlgorithm: false,
    warnInsecureAlgorithm: false,
  } as const
  return async (element) => {
    const encrypted = await encryptWithLibrary(element, options)
    const canonical = new ExclusiveCanonicalization().process(rootOf(parseXml(encrypted.trim())) as never, {})
    return alreadyWrittenXml(String(canonical))
  }
}
