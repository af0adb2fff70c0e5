import { hash, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { type Xml, xml, xmlText } from '#shared/xml/markup.ts'
import { envelopedSignature, exclusiveCanonical, xmldsig } from './names.ts'
import { type SignatureAlgorithm, type SigningKey, signatureAlgorithms } from './signing-key.ts'

/**
 * `canonical` is the exclusive canonical form, byte for byte. `written` may also declare prefixes that occur in values
 * only (`xsi:type="tn:boolean"`): exclusive canonicalization drops those, a reader of the document needs them.
 */
export type Form = 'canonical' | 'written'

/** Writes an element around its signature; without one it writes what the signature covers. */
export type SignableElement = (form: Form, signature: Xml | undefined) => Xml

export interface SigningOptions {
  readonly id: string
  readonly key: SigningKey
  readonly algorithm?: SignatureAlgorithm
}

const signOnThreadPool = promisify(sign)

/** Signs what `write` writes in canonical form and gives back the element with its signature in place. */
export async function signElement(write: SignableElement, options: SigningOptions): Promise<(form: Form) => Xml> {
  const signature = await signatureOver(xmlText(write('canonical', undefined)), options)
  return (form) => write(form, signature)
}

async function signatureOver(canonical: string, { id, key, algorithm = 'rsa-sha256' }: SigningOptions): Promise<Xml> {
  const facts = signatureAlgorithms[algorithm]
  const content = signedInfoContent(id, facts, hash(facts.hash, canonical, 'base64'))
  const signedInfo = xmlText(xml`<ds:SignedInfo xmlns:ds="${xmldsig}">${content}</ds:SignedInfo>`)
  const value = await signOnThreadPool(facts.hash, Buffer.from(signedInfo), key.privateKey)
  return xml`<ds:Signature xmlns:ds="${xmldsig}"><ds:SignedInfo>${content}</ds:SignedInfo><ds:SignatureValue>${value.toString(
    'base64',
  )}</ds:SignatureValue>${keyInfo(key)}</ds:Signature>`
}

function signedInfoContent(id: string, facts: { signature: string; digest: string }, digest: string): Xml {
  const canonicalization = xml`<ds:CanonicalizationMethod Algorithm="${exclusiveCanonical}"></ds:CanonicalizationMethod>`
  const method = xml`<ds:SignatureMethod Algorithm="${facts.signature}"></ds:SignatureMethod>`
  const transforms = [envelopedSignature, exclusiveCanonical].map(
    (algorithm) => xml`<ds:Transform Algorithm="${algorithm}"></ds:Transform>`,
  )
  const digestMethod = xml`<ds:DigestMethod Algorithm="${facts.digest}"></ds:DigestMethod>`
  return xml`${canonicalization}${method}<ds:Reference URI="${`#${id}`}"><ds:Transforms>${transforms}</ds:Transforms>${digestMethod}<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`
}

function keyInfo({ certificateDer }: SigningKey): Xml {
  const certificate = certificateDer.toString('base64')
  return xml`<KeyInfo xmlns="${xmldsig}"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo>`
}
