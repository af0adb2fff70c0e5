import type { X509Certificate } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { attributeOf, descendantElements } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { writeElement } from '#shared/xml/write-element.ts'
import type { IdAttribute } from './names.ts'
import { SamlRefusal } from './saml-refusal.ts'
import { onlySignature, readSignatureShape } from './signature-shape.ts'
import { candidateCertificates, type SignatureTrust, thumbprintOf } from './trusted-certificates.ts'

export interface SignedElement {
  /** Parsed from the bytes that the signature covers, without the signature: nothing else may be believed. */
  readonly element: Element
  readonly certificateThumbprint: string
}

export interface SignedElementOptions extends SignatureTrust {
  readonly idAttribute: IdAttribute
  /** Descendants that may carry signatures of their own. */
  readonly apart?: readonly Element[]
}

/** Verifies the enveloped signature of `signed` with xml-crypto and gives back what was signed. */
export function readSignedElement(signed: Element, options: SignedElementOptions): SignedElement {
  const id = uniqueId(signed, options.idAttribute)
  const signature = onlySignature(signed, options.apart)
  const { certificate: named } = readSignatureShape(signature, id, options.allowSha1 === true)
  const candidates = candidateCertificates(options, named)
  const signatureXml = writeElement(signature)
  const document = writeElement(signed, mayLeaveOut(signatureXml) ? signature : undefined)
  const failures: string[] = []
  for (const certificate of candidates) {
    const { covered, failure } = coveredBytes(document, signatureXml, certificate, options.idAttribute)
    if (covered !== undefined) {
      return { element: sameElement(covered, signed, id, options), certificateThumbprint: thumbprintOf(certificate) }
    }
    failures.push(failure)
  }
  throw new SamlRefusal('badSignature', `${signed.localName} ${id}: ${failures.join('; ')}`)
}

/**
 * The enveloped transform removes the signature anyhow, and the library searches what it gets several times. Only a list
 * of inclusive namespaces (Exclusive XML Canonicalization §3) may need the place where the signature stands.
 */
function mayLeaveOut(signatureXml: string): boolean {
  return !signatureXml.includes('InclusiveNamespaces')
}

const idNames = ['id', 'assertionid', 'requestid', 'responseid']

/** Ids of the whole document must differ, whatever their attributes are called, or a reference could mean two things. */
export function refuseDuplicateIds(root: Element): void {
  const attributes = descendantElements(root).flatMap((element) => Array.from(element.attributes))
  const ids = attributes.filter(({ localName }) => idNames.includes(localName?.toLowerCase() ?? ''))
  const seen = new Set<string>()
  for (const { value } of ids) {
    if (seen.has(value)) throw new SamlRefusal('malformed', `the id "${value}" occurs more than once`)
    seen.add(value)
  }
}

function uniqueId(signed: Element, idAttribute: IdAttribute): string {
  refuseDuplicateIds(signed)
  const id = attributeOf(signed, idAttribute)
  if (id === undefined || !/^[A-Za-z_][\w.-]*$/.test(id)) {
    throw new SamlRefusal('malformed', `${signed.localName} has no usable ${idAttribute}`)
  }
  return id
}

type Coverage =
  | { readonly covered: string; readonly failure?: undefined }
  | { readonly covered?: undefined; readonly failure: string }

function coveredBytes(
  document: string,
  signatureXml: string,
  certificate: X509Certificate,
  idAttribute: IdAttribute,
): Coverage {
  const verifier = new SignedXml({
    publicCert: certificate.publicKey,
    getCertFromKeyInfo: () => null,
  })
  // For each name it knows the library searches the whole document; ids of other names have been compared before.
  verifier.idAttributes = [idAttribute]
  try {
    verifier.loadSignature(signatureXml)
    const verified = verifier.checkSignature(document)
    const [covered, another] = verified ? verifier.getSignedReferences() : []
    if (covered !== undefined && another === undefined) return { covered }
    return { failure: verifier.getReferences()[0]?.validationError?.message ?? 'no reference verifies' }
  } catch (error) {
    // The library returns false for a wrong digest but throws for a wrong signature value.
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

function sameElement(covered: string, signed: Element, id: string, options: SignedElementOptions): Element {
  const element = rootOf(parseXml(covered))
  const same =
    element.namespaceURI === signed.namespaceURI &&
    element.localName === signed.localName &&
    attributeOf(element, options.idAttribute) === id
  if (!same)
    throw new SamlRefusal('badSignature', `the signature covers ${element.nodeName}, not ${signed.nodeName} ${id}`)
  return element
}
