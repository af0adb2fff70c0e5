import { type Xml, type XmlPart, xml, xmlText } from '#shared/xml/markup.ts'
import type { EncryptElement } from './encrypt-element.ts'
import { bearer20, saml20, saml20Protocol } from './names.ts'
import { type Form, type SignableElement, signElement } from './sign-enveloped.ts'
import type { SignatureAlgorithm, SigningKey } from './signing-key.ts'
import {
  attributeMarkup,
  type NameIdentifier,
  type SubjectAndAttributes,
  splitClaims,
  type TokenClaim,
} from './token-claims.ts'

interface ResponseHeader {
  readonly responseId: string
  readonly issuer: string
  readonly issueInstant: Date
  /** The assertion consumer service that the response is posted to. */
  readonly destination: string
  /** Absent when nobody asked (IdP-initiated). */
  readonly inResponseTo?: string
  readonly signatureAlgorithm?: SignatureAlgorithm
}

export interface Saml20AssertionView {
  readonly issuer: string
  readonly issueInstant: Date
  /** Where a bearer delivers it; WS-Federation does not say. */
  readonly destination?: string
  readonly inResponseTo?: string
  readonly signatureAlgorithm?: SignatureAlgorithm
  readonly assertionId: string
  /** The relying party's identifier. */
  readonly audience: string
  readonly notBefore: Date
  readonly notOnOrAfter: Date
  /** Until when the bearer may present it. */
  readonly confirmationNotOnOrAfter: Date
  readonly claims: readonly TokenClaim[]
  readonly authenticationContext: string
  readonly authenticationInstant: Date
  /** Puts the NameID into an EncryptedID. */
  readonly encryptNameId?: EncryptElement
}

export interface Saml20ResponseView extends ResponseHeader, Saml20AssertionView {
  readonly destination: string
  /** Puts the assertion, signed already, into an EncryptedAssertion. */
  readonly encryptAssertion?: EncryptElement
  /** The relying party trust's SamlResponseSignature. */
  readonly responseSignature?: 'AssertionOnly' | 'MessageOnly' | 'MessageAndAssertion'
}

export interface Saml20StatusView extends ResponseHeader {
  /** The last parts of the status URIs: `Responder` and `NoPassive`. */
  readonly status: string
  readonly subordinateStatus?: string
  readonly message?: string
}

const statusPrefix = 'urn:oasis:names:tc:SAML:2.0:status:'

/** A SAML 2.0 Response of AD FS with one assertion, signed as the relying party trust says. */
export async function issueSaml20Response(view: Saml20ResponseView, key: SigningKey): Promise<string> {
  const which = view.responseSignature ?? 'AssertionOnly'
  const algorithm = view.signatureAlgorithm
  const plain = await assertionOf(view, which === 'MessageOnly' ? undefined : key)
  const assertion = view.encryptAssertion ? await encrypted(plain, view.encryptAssertion) : plain
  const writeResponse = saml20Response(view, statusCode('Success'), assertion)
  if (which === 'AssertionOnly') return xmlText(writeResponse('written', undefined))
  const response = await signElement(writeResponse, { id: view.responseId, key, algorithm })
  return xmlText(response('written'))
}

/** A signed assertion alone, as WS-Federation and WS-Trust carry it. */
export async function issueSaml20Assertion(view: Saml20AssertionView, key: SigningKey): Promise<string> {
  const assertion = await assertionOf(view, key)
  return xmlText(assertion('written'))
}

type Written = (form: Form) => Xml

async function assertionOf(view: Saml20AssertionView, key: SigningKey | undefined): Promise<Written> {
  const write = saml20Assertion(view, await subjectOf(view, splitClaims(view.claims)))
  if (!key) return (form) => write(form, undefined)
  return signElement(write, { id: view.assertionId, key, algorithm: view.signatureAlgorithm })
}

async function encrypted(assertion: Written, encrypt: EncryptElement): Promise<Written> {
  const data = await encrypt(xmlText(assertion('written')))
  return () => xml`<EncryptedAssertion xmlns="${saml20}">${data}</EncryptedAssertion>`
}

/** A Response that carries a refusal and no assertion; signed when a key is given. */
export async function issueSaml20Status(view: Saml20StatusView, key?: SigningKey): Promise<string> {
  const subordinate = view.subordinateStatus === undefined ? undefined : statusCode(view.subordinateStatus)
  const message = view.message !== undefined && xml`<samlp:StatusMessage>${view.message}</samlp:StatusMessage>`
  const write = saml20Response(view, xml`${statusCode(view.status, subordinate)}${message}`, () => xml``)
  if (!key) return xmlText(write('written', undefined))
  const response = await signElement(write, { id: view.responseId, key, algorithm: view.signatureAlgorithm })
  return xmlText(response('written'))
}

function statusCode(status: string, subordinate?: Xml): Xml {
  return xml`<samlp:StatusCode Value="${statusPrefix + status}">${subordinate}</samlp:StatusCode>`
}

function saml20Response(header: ResponseHeader, status: Xml, assertion: Written): SignableElement {
  const inResponseTo = header.inResponseTo !== undefined && xml` InResponseTo="${header.inResponseTo}"`
  const issuer = xml`<Issuer xmlns="${saml20}">${header.issuer}</Issuer>`
  return (form, signature) =>
    xml`<samlp:Response xmlns:samlp="${saml20Protocol}" Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" Destination="${header.destination}" ID="${header.responseId}"${inResponseTo} IssueInstant="${header.issueInstant.toISOString()}" Version="2.0">${issuer}${signature}<samlp:Status>${status}</samlp:Status>${assertion(form)}</samlp:Response>`
}

function saml20Assertion(view: Saml20AssertionView, subject: Xml): SignableElement {
  const claims = splitClaims(view.claims)
  const statements = (form: Form) =>
    xml`${subject}${conditions(view)}${attributeStatement(claims, form)}${authnStatement(view)}`
  return (form, signature) =>
    xml`<Assertion xmlns="${saml20}" ID="${view.assertionId}" IssueInstant="${view.issueInstant.toISOString()}" Version="2.0"><Issuer>${view.issuer}</Issuer>${signature}${statements(form)}</Assertion>`
}

async function subjectOf(view: Saml20AssertionView, { nameIdentifier }: SubjectAndAttributes): Promise<Xml> {
  const inResponseTo = view.inResponseTo !== undefined && xml` InResponseTo="${view.inResponseTo}"`
  const recipient = view.destination !== undefined && xml` Recipient="${view.destination}"`
  const data = xml`<SubjectConfirmationData${inResponseTo} NotOnOrAfter="${view.confirmationNotOnOrAfter.toISOString()}"${recipient}></SubjectConfirmationData>`
  const name = nameIdentifier && (await nameOf(nameIdentifier, view.encryptNameId))
  return xml`<Subject>${name}<SubjectConfirmation Method="${bearer20}">${data}</SubjectConfirmation></Subject>`
}

async function nameOf(name: NameIdentifier, encrypt: EncryptElement | undefined): Promise<Xml> {
  const format = name.format !== undefined && xml` Format="${name.format}"`
  const qualifier = name.nameQualifier !== undefined && xml` NameQualifier="${name.nameQualifier}"`
  const spQualifier = name.spNameQualifier !== undefined && xml` SPNameQualifier="${name.spNameQualifier}"`
  const written = (declaration: XmlPart) =>
    xml`<NameID${declaration}${format}${qualifier}${spQualifier}>${name.value}</NameID>`
  if (!encrypt) return written(undefined)
  return xml`<EncryptedID>${await encrypt(xmlText(written(xml` xmlns="${saml20}"`)))}</EncryptedID>`
}

function conditions({ notBefore, notOnOrAfter, audience }: Saml20AssertionView): Xml {
  const restriction = xml`<AudienceRestriction><Audience>${audience}</Audience></AudienceRestriction>`
  return xml`<Conditions NotBefore="${notBefore.toISOString()}" NotOnOrAfter="${notOnOrAfter.toISOString()}">${restriction}</Conditions>`
}

function attributeStatement({ attributes }: SubjectAndAttributes, form: Form): XmlPart {
  if (attributes.size === 0) return undefined
  const written = [...attributes].map(([type, values]) => attribute(type, values, form))
  return xml`<AttributeStatement>${written}</AttributeStatement>`
}

function attribute(claimType: string, values: readonly string[], form: Form): Xml {
  const { declaration, originalIssuer, valueType } = attributeMarkup(claimType, form)
  const written = values.map((value) => xml`<AttributeValue${valueType}>${value}</AttributeValue>`)
  return xml`<Attribute${declaration} Name="${claimType}"${originalIssuer}>${written}</Attribute>`
}

function authnStatement(view: Saml20AssertionView): Xml {
  const context = xml`<AuthnContext><AuthnContextClassRef>${view.authenticationContext}</AuthnContextClassRef></AuthnContext>`
  return xml`<AuthnStatement AuthnInstant="${view.authenticationInstant.toISOString()}" SessionIndex="${view.assertionId}">${context}</AuthnStatement>`
}
