import type { Element } from '@xmldom/xmldom'
import { attributeOf, childElements, descendantElements, isElement, isNamed } from '#shared/xml/elements.ts'
import { envelopedSignature, exclusiveCanonical, xmldsig } from './names.ts'
import { SamlRefusal } from './saml-refusal.ts'
import { signatureAlgorithms } from './signing-key.ts'

export interface SignatureShape {
  /** DER of the certificate in KeyInfo; it is a name, not a reason to trust. */
  readonly certificate: Buffer | undefined
}

/** The signature that covers `signed`: its only one outside `apart`, and its own child. */
export function onlySignature(signed: Element, apart: readonly Element[] = []): Element {
  const elsewhere = new Set(apart.flatMap((element) => descendantElements(element)))
  const all = descendantElements(signed).filter((element) => isNamed(element, xmldsig, 'Signature'))
  const [signature, another] = all.filter((element) => !elsewhere.has(element))
  if (!signature) throw new SamlRefusal('notSigned', `${signed.localName} has no signature`)
  if (another) throw new SamlRefusal('badSignature', `${signed.localName} has more than one signature`)
  if (signature.parentNode !== signed) {
    throw new SamlRefusal('badSignature', `the signature is not a child of ${signed.localName}`)
  }
  return signature
}

/**
 * Admits only the one shape that SAML issuers write (SAML 2.0 Core §5.4): one Reference to the signed element's own
 * id, enveloped and exclusive canonical transforms, one certificate. What a verifier might read otherwise is refused.
 */
export function readSignatureShape(signature: Element, id: string, allowSha1: boolean): SignatureShape {
  refuseOddNodes(signature)
  const [signedInfo, signatureValue, keyInfo] = sequence(signature, ['SignedInfo', 'SignatureValue'], 'KeyInfo')
  const [canonicalization, method, reference] = sequence(signedInfo, [
    'CanonicalizationMethod',
    'SignatureMethod',
    'Reference',
  ])
  const [transforms, digestMethod, digestValue] = sequence(reference, ['Transforms', 'DigestMethod', 'DigestValue'])
  const facts = Object.values(signatureAlgorithms).filter(({ hash }) => hash === 'sha256' || allowSha1)
  requireAlgorithm(canonicalization, [exclusiveCanonical])
  requireAlgorithm(
    method,
    facts.map(({ signature }) => signature),
  )
  requireAlgorithm(
    digestMethod,
    facts.map(({ digest }) => digest),
  )
  checkTransforms(transforms)
  requireBase64(signatureValue)
  requireBase64(digestValue)
  if (attributeOf(reference, 'URI') !== `#${id}`) {
    throw new SamlRefusal('badSignature', `the signature refers to "${attributeOf(reference, 'URI')}", not to "#${id}"`)
  }
  return { certificate: keyInfo && certificateIn(keyInfo) }
}

// Comments and CDATA sections split text, and verifiers differ in which piece they read (CVE-2025-29775).
function refuseOddNodes(signature: Element): void {
  for (const element of descendantElements(signature)) {
    const odd = Array.from(element.childNodes).find((node) => !isElement(node) && node.nodeType !== 3)
    if (odd) throw new SamlRefusal('badSignature', `${element.localName} contains ${odd.nodeName}`)
    const loose = childElements(element).length > 0 && Array.from(element.childNodes).some(isVisibleText)
    if (loose) throw new SamlRefusal('badSignature', `${element.localName} contains text between its elements`)
  }
}

function isVisibleText(node: Element['childNodes'][number]): boolean {
  return node.nodeType === 3 && (node.nodeValue ?? '').trim() !== ''
}

type Elements<Names extends readonly string[]> = { readonly [Index in keyof Names]: Element }

function sequence<const Names extends readonly string[]>(
  parent: Element,
  names: Names,
  optional?: string,
): readonly [...Elements<Names>, Element | undefined] {
  const children = childElements(parent)
  const found = children.map(({ namespaceURI, localName }) =>
    namespaceURI === xmldsig ? localName : `other ${localName}`,
  )
  const expected = found.length > names.length && optional ? [...names, optional] : names
  if (found.join() !== expected.join()) {
    throw new SamlRefusal('badSignature', `${parent.localName} contains [${found.join()}] instead of [${names.join()}]`)
  }
  return children as unknown as readonly [...Elements<Names>, Element | undefined]
}

function requireAlgorithm(element: Element, allowed: readonly string[]): void {
  const algorithm = attributeOf(element, 'Algorithm')
  if (algorithm === undefined || !allowed.includes(algorithm)) {
    throw new SamlRefusal('badSignature', `${element.localName} ${algorithm} is not accepted: ${allowed.join(', ')}`)
  }
  // xml-crypto as an issuer puts the prefix list into every transform, in a namespace named after the transform.
  const inside = childElements(element).filter(({ localName }) => localName !== 'InclusiveNamespaces')
  if (inside[0]) throw new SamlRefusal('badSignature', `${element.localName} contains ${inside[0].nodeName}`)
}

function checkTransforms(transforms: Element): void {
  const [enveloped, canonical] = sequence(transforms, ['Transform', 'Transform'])
  requireAlgorithm(enveloped, [envelopedSignature])
  requireAlgorithm(canonical, [exclusiveCanonical])
}

function requireBase64(element: Element): void {
  if (childElements(element).length > 0 || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(element.textContent ?? '')) {
    throw new SamlRefusal('badSignature', `${element.localName} is no base64`)
  }
}

function certificateIn(keyInfo: Element): Buffer {
  const [data] = sequence(keyInfo, ['X509Data'])
  const [certificate] = sequence(data, ['X509Certificate'])
  requireBase64(certificate)
  return Buffer.from(certificate.textContent ?? '', 'base64')
}
