import { type Xml, type XmlPart, xml, xmlText } from '#shared/xml/markup.ts'
import { bearer11, saml11 } from './names.ts'
import { type Form, type SignableElement, signElement } from './sign-enveloped.ts'
import type { SignatureAlgorithm, SigningKey } from './signing-key.ts'
import { attributeMarkup, type SubjectAndAttributes, splitClaims, type TokenClaim } from './token-claims.ts'

export interface Saml11AssertionView {
  /** `_` and a GUID. */
  readonly assertionId: string
  readonly issuer: string
  readonly issueInstant: Date
  readonly notBefore: Date
  readonly notOnOrAfter: Date
  /** The relying party's identifier: `wtrealm`. */
  readonly audience: string
  readonly claims: readonly TokenClaim[]
  readonly authenticationMethod: string
  readonly authenticationInstant: Date
  readonly signatureAlgorithm?: SignatureAlgorithm
}

/** The SAML 1.1 assertion of AD FS, signed, as text in exclusive canonical form ([MS-MWBF] §2.2.4). */
export async function issueSaml11Assertion(view: Saml11AssertionView, key: SigningKey): Promise<string> {
  const assertion = await signElement(saml11Assertion(view), {
    id: view.assertionId,
    key,
    algorithm: view.signatureAlgorithm,
  })
  return xmlText(assertion('written'))
}

function saml11Assertion(view: Saml11AssertionView): SignableElement {
  const claims = splitClaims(view.claims)
  const subject = subjectOf(claims)
  const restrictions = conditions(view)
  const authentication = authenticationStatement(view, subject)
  return (form, signature) =>
    xml`<saml:Assertion xmlns:saml="${saml11}" AssertionID="${view.assertionId}" IssueInstant="${view.issueInstant.toISOString()}" Issuer="${view.issuer}" MajorVersion="1" MinorVersion="1">${restrictions}${attributeStatement(claims, subject, form)}${authentication}${signature}</saml:Assertion>`
}

function conditions({ notBefore, notOnOrAfter, audience }: Saml11AssertionView): Xml {
  const restriction = xml`<saml:AudienceRestrictionCondition><saml:Audience>${audience}</saml:Audience></saml:AudienceRestrictionCondition>`
  return xml`<saml:Conditions NotBefore="${notBefore.toISOString()}" NotOnOrAfter="${notOnOrAfter.toISOString()}">${restriction}</saml:Conditions>`
}

function subjectOf({ nameIdentifier }: SubjectAndAttributes): Xml {
  const format = nameIdentifier?.format
  const name =
    nameIdentifier &&
    xml`<saml:NameIdentifier${format !== undefined && xml` Format="${format}"`}>${nameIdentifier.value}</saml:NameIdentifier>`
  return xml`<saml:Subject>${name}<saml:SubjectConfirmation><saml:ConfirmationMethod>${bearer11}</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>`
}

function attributeStatement({ attributes }: SubjectAndAttributes, subject: Xml, form: Form): XmlPart {
  if (attributes.size === 0) return undefined
  const written = [...attributes].map(([type, values]) => attribute(type, values, form))
  return xml`<saml:AttributeStatement>${subject}${written}</saml:AttributeStatement>`
}

function attribute(claimType: string, values: readonly string[], form: Form): Xml {
  const { name, namespace } = splitClaimType(claimType)
  const { declaration, originalIssuer, valueType } = attributeMarkup(claimType, form)
  const written = values.map((value) => xml`<saml:AttributeValue${valueType}>${value}</saml:AttributeValue>`)
  return xml`<saml:Attribute${declaration} AttributeName="${name}" AttributeNamespace="${namespace}"${originalIssuer}>${written}</saml:Attribute>`
}

function splitClaimType(claimType: string): { readonly name: string; readonly namespace: string } {
  const slash = claimType.lastIndexOf('/')
  if (slash < 1 || slash === claimType.length - 1) {
    throw new TypeError(`claim type "${claimType}" has no form "namespace/name", as SAML 1.1 needs`)
  }
  return { namespace: claimType.slice(0, slash), name: claimType.slice(slash + 1) }
}

function authenticationStatement(view: Saml11AssertionView, subject: Xml): Xml {
  return xml`<saml:AuthenticationStatement AuthenticationInstant="${view.authenticationInstant.toISOString()}" AuthenticationMethod="${view.authenticationMethod}">${subject}</saml:AuthenticationStatement>`
}
