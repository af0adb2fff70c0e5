import { createHash, X509Certificate } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { envelopedSignature, exclusiveCanonical, xmldsig } from '#shared/saml/names.ts'
import { SamlRefusal } from '#shared/saml/saml-refusal.ts'
import { refuseDuplicateIds } from '#shared/saml/verify-signature.ts'
import { attributeOf, descendantsNamed, isNamed } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { writeElement } from '#shared/xml/write-element.ts'
import { WsTrustError } from './errors.ts'
import { addressing, securityExtension, securityUtility } from './names.ts'
import { onlyNamed, type SoapMessage, textOf } from './read-message.ts'

/** What a certificate has signed in the header of a message; nothing else of the message is proved by it. */
export interface SignedHeader {
  /** DER. Whether it may be trusted is the directory's to say. */
  readonly certificate: Buffer
  readonly timestamp: Element
  /** wsa:To. */
  readonly to: string
  /** The bytes of SignatureValue; RSA signs one message in one way only. */
  readonly signature: Buffer
}

const tokenProfile = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0'
const algorithms = {
  // Basic256 of WS-SecurityPolicy, which the metadata asks for, signs with SHA-1; newer clients with SHA-256.
  SignatureMethod: ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'],
  CanonicalizationMethod: [exclusiveCanonical],
  Transform: [exclusiveCanonical, envelopedSignature],
  DigestMethod: ['http://www.w3.org/2000/09/xmldsig#sha1', 'http://www.w3.org/2001/04/xmlenc#sha256'],
} as const
const thumbprintType = 'http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1'
const maximumReferences = 10

/**
 * The endorsing signature of `certificatemixed` (WS-SecurityPolicy 1.2 §8.3, X.509 Token Profile 1.1 §3.3): over the
 * Timestamp and the To header, by the certificate that the message carries. Verified by the library.
 * @throws WsTrustError invalidSecurity.
 */
export function signedHeader({ envelope, security }: SoapMessage, source: string): SignedHeader {
  if (!security) throw refusal('there is no Security header')
  try {
    refuseDuplicateIds(envelope)
  } catch (error) {
    if (error instanceof SamlRefusal) throw refusal(error.reason)
    throw error
  }
  const [signature, another] = descendantsNamed(envelope, xmldsig, 'Signature')
  if (!signature || another || signature.parentNode !== security) throw refusal('not one Signature in the header')
  checkShape(signature)
  const certificate = certificateFor(signature, security)
  const covered = coveredElements(source, signature, certificate)
  const timestamp = covered.find((each) => isNamed(each, securityUtility, 'Timestamp'))
  const to = covered.find((each) => isNamed(each, addressing, 'To'))
  if (!timestamp || !to) throw refusal('the signature covers not both the Timestamp and the To header')
  return { certificate: certificate.raw, timestamp, to: textOf(to) ?? '', signature: signatureValue(signature) }
}

function signatureValue(signature: Element): Buffer {
  const value = onlyNamed(signature, xmldsig, 'SignatureValue')
  return Buffer.from((value && textOf(value)) ?? '', 'base64')
}

function checkShape(signature: Element): void {
  for (const [name, allowed] of Object.entries(algorithms)) {
    const used = descendantsNamed(signature, xmldsig, name).map((each) => attributeOf(each, 'Algorithm') ?? '')
    const strange = used.find((each) => !(allowed as readonly string[]).includes(each))
    if (strange !== undefined) throw refusal(`${name} "${strange}" is not accepted`)
  }
  const references = descendantsNamed(signature, xmldsig, 'Reference')
  if (references.length > maximumReferences) throw refusal(`${references.length} References`)
  if (references.some((each) => !/^#[A-Za-z_][\w.-]*$/.test(attributeOf(each, 'URI') ?? ''))) {
    throw refusal('a Reference that names no element by its id')
  }
}

/** KeyInfo refers to the BinarySecurityToken of the same header, and to nothing else. */
function certificateFor(signature: Element, security: Element): X509Certificate {
  const token = onlyNamed(security, securityExtension, 'BinarySecurityToken')
  const keyInfo = onlyNamed(signature, xmldsig, 'KeyInfo')
  const reference = keyInfo && onlyNamed(keyInfo, securityExtension, 'SecurityTokenReference')
  if (token?.getAttribute('ValueType') !== `${tokenProfile}#X509v3`) throw refusal('not one X509v3 BinarySecurityToken')
  const certificate = certificateIn(token)
  if (reference && refersTo(reference, token, certificate)) return certificate
  throw refusal('the signature does not refer to the BinarySecurityToken of the header')
}

function certificateIn(token: Element): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(textOf(token) ?? '', 'base64'))
  } catch (error) {
    throw refusal('the certificate cannot be read', error)
  }
}

/** By its id, or by its thumbprint (RequireThumbprintReference of the metadata). */
function refersTo(reference: Element, token: Element, certificate: X509Certificate): boolean {
  const direct = onlyNamed(reference, securityExtension, 'Reference')
  if (direct) return direct.getAttribute('URI') === `#${token.getAttributeNS(securityUtility, 'Id')}`
  const identifier = onlyNamed(reference, securityExtension, 'KeyIdentifier')
  const thumbprint = createHash('sha1').update(certificate.raw).digest('base64')
  return identifier?.getAttribute('ValueType') === thumbprintType && textOf(identifier) === thumbprint
}

/** Parsed again from the very bytes that the signature covers. */
function coveredElements(source: string, signature: Element, certificate: X509Certificate): readonly Element[] {
  const verifier = new SignedXml({ publicCert: certificate.publicKey, getCertFromKeyInfo: () => null })
  try {
    verifier.loadSignature(writeElement(signature))
    if (!verifier.checkSignature(source)) throw new Error('a digest does not match')
    return verifier.getSignedReferences().map((bytes) => rootOf(parseXml(bytes)))
  } catch (error) {
    throw refusal(`the signature does not verify: ${(error as Error).message}`, error)
  }
}

function refusal(reason: string, cause?: unknown): WsTrustError {
  return new WsTrustError('invalidSecurity', reason, cause === undefined ? undefined : { cause })
}
