import type { Element } from '@xmldom/xmldom'
import { attributeOf, childrenNamed, descendantsNamed, isNamed } from '#shared/xml/elements.ts'
import { bearer20, saml20, saml20Protocol, xmldsig } from './names.ts'
import {
  instantAttribute,
  onlyChild,
  optionalChild,
  readMessage,
  refuseOtherChildren,
  requiredAttribute,
  textOf,
} from './read-parts.ts'
import { SamlRefusal } from './saml-refusal.ts'
import {
  type AssertionExpectations,
  checkIssuer,
  checkValidity,
  matchAudience,
  mergeAttributes,
  type NamedSubject,
  type Validity,
  type VerifiedAssertion,
  withSubject,
} from './verified-assertion.ts'
import { readSignedElement, refuseDuplicateIds } from './verify-signature.ts'

export interface ResponseExpectations extends AssertionExpectations {
  /** The assertion consumer service that received the response. */
  readonly recipient: string
  /** The id of the AuthnRequest; left out, only an unsolicited response is accepted. */
  readonly inResponseTo?: string
}

/** Accepts a SAML 2.0 Response with one signed bearer assertion; `xml` is what SAMLResponse decodes to. */
export function verifySaml20Response(xml: string, expected: ResponseExpectations): VerifiedAssertion {
  const response = readMessage(xml)
  if (!isNamed(response, saml20Protocol, 'Response')) {
    throw new SamlRefusal('malformed', `${response.nodeName} is no SAML 2.0 response`)
  }
  refuseDuplicateIds(response)
  checkStatus(response)
  const signed = onlyAssertion(response)
  checkEnvelope(response, signed, expected)
  const { element, certificateThumbprint } = readSignedElement(signed, { ...expected, idAttribute: 'ID' })
  const assertion = readAssertion(element)
  checkIssuer(assertion.issuer, expected)
  checkConfirmation(element, expected)
  const audience = matchAudience(assertion.restrictions, expected)
  checkValidity(assertion, expected)
  const { restrictions: _, ...verified } = assertion
  return { ...verified, audience, certificateThumbprint }
}

export interface BearerExpectations extends AssertionExpectations {
  /** Where a bearer may deliver it; an assertion of WS-Trust need not say. */
  readonly recipients: readonly string[]
}

/** Accepts a signed bearer assertion that stands alone, as OAuth's grant carries it (RFC 7522 §3). */
export function verifySaml20Assertion(xml: string, expected: BearerExpectations): VerifiedAssertion {
  const root = readMessage(xml)
  if (!isNamed(root, saml20, 'Assertion')) {
    throw new SamlRefusal('malformed', `${root.nodeName} is no SAML 2.0 assertion`)
  }
  refuseDuplicateIds(root)
  const { element, certificateThumbprint } = readSignedElement(root, { ...expected, idAttribute: 'ID' })
  const assertion = readAssertion(element)
  checkIssuer(assertion.issuer, expected)
  checkBearer(element, expected)
  const audience = matchAudience(assertion.restrictions, expected)
  checkValidity(assertion, expected)
  const { restrictions: _, ...verified } = assertion
  return { ...verified, audience, certificateThumbprint }
}

function checkBearer(assertion: Element, expected: BearerExpectations): void {
  const data = optionalChild(bearerConfirmation(assertion), 'SubjectConfirmationData')
  const recipient = data && attributeOf(data, 'Recipient')
  if (recipient !== undefined && !expected.recipients.includes(recipient)) {
    throw new SamlRefusal('wrongRecipient', `meant for "${recipient}", received at ${expected.recipients.join(' or ')}`)
  }
  if (data && attributeOf(data, 'NotOnOrAfter') !== undefined) {
    checkValidity({ notBefore: new Date(0), notOnOrAfter: instantAttribute(data, 'NotOnOrAfter') }, expected)
  }
}

function bearerConfirmation(assertion: Element): Element {
  const confirmations = childrenNamed(onlyChild(assertion, 'Subject'), saml20, 'SubjectConfirmation')
  const [bearer] = confirmations.filter((each) => attributeOf(each, 'Method') === bearer20)
  if (!bearer) throw new SamlRefusal('missingSubject', 'the subject is not confirmed by bearer')
  return bearer
}

function checkStatus(response: Element): void {
  const code = onlyChild(onlyChild(response, 'Status'), 'StatusCode')
  const values = [code, ...childrenNamed(code, saml20Protocol, 'StatusCode')].map((each) => attributeOf(each, 'Value'))
  if (values[0] !== 'urn:oasis:names:tc:SAML:2.0:status:Success') {
    throw new SamlRefusal('statusNotSuccess', `status ${values.join(' / ')}`)
  }
}

function onlyAssertion(response: Element): Element {
  const [encrypted] = descendantsNamed(response, saml20, 'EncryptedAssertion')
  if (encrypted) throw new SamlRefusal('encrypted', 'encrypted assertions are not read')
  const [assertion, another] = descendantsNamed(response, saml20, 'Assertion')
  if (!assertion) throw new SamlRefusal('malformed', 'the response has no assertion')
  if (another) throw new SamlRefusal('malformed', 'the response has more than one assertion')
  if (assertion.parentNode !== response)
    throw new SamlRefusal('malformed', 'the assertion is not a child of the response')
  return assertion
}

/** The response is a mere envelope unless it is signed as well; then that signature has to hold too. */
function checkEnvelope(response: Element, assertion: Element, expected: ResponseExpectations): void {
  const signatures = descendantsNamed(response, xmldsig, 'Signature').length
  const inAssertion = descendantsNamed(assertion, xmldsig, 'Signature').length
  if (signatures > inAssertion) readSignedElement(response, { ...expected, idAttribute: 'ID', apart: [assertion] })
  const destination = attributeOf(response, 'Destination')
  if (destination !== undefined && destination !== expected.recipient) {
    throw new SamlRefusal('wrongRecipient', `sent to "${destination}", received at "${expected.recipient}"`)
  }
  if (attributeOf(response, 'InResponseTo') !== expected.inResponseTo) {
    throw new SamlRefusal('wrongInResponseTo', answerMismatch(attributeOf(response, 'InResponseTo'), expected))
  }
}

interface ReadAssertion extends Omit<VerifiedAssertion, 'audience' | 'certificateThumbprint'> {
  readonly restrictions: readonly (readonly string[])[]
}

function readAssertion(assertion: Element): ReadAssertion {
  const version = attributeOf(assertion, 'Version')
  if (version !== '2.0') throw new SamlRefusal('malformed', `the assertion has version ${version}, not 2.0`)
  refuseOtherChildren(assertion, ['Issuer', 'Subject', 'Conditions', 'AttributeStatement', 'AuthnStatement'])
  const authentication = onlyChild(assertion, 'AuthnStatement')
  const attributes = optionalChild(assertion, 'AttributeStatement')
  return {
    assertionId: requiredAttribute(assertion, 'ID'),
    issuer: textOf(onlyChild(assertion, 'Issuer')),
    ...readConditions(onlyChild(assertion, 'Conditions')),
    ...withSubject(readSubject(assertion)),
    attributes: mergeAttributes(attributes ? childrenNamed(attributes, saml20, 'Attribute').map(readAttribute) : []),
    authenticationMethod: textOf(onlyChild(onlyChild(authentication, 'AuthnContext'), 'AuthnContextClassRef')),
    authenticationInstant: instantAttribute(authentication, 'AuthnInstant'),
    ...sessionIndexOf(authentication),
  }
}

function sessionIndexOf(statement: Element): Pick<ReadAssertion, 'sessionIndex'> {
  const sessionIndex = attributeOf(statement, 'SessionIndex')
  return sessionIndex === undefined ? {} : { sessionIndex }
}

function readConditions(conditions: Element): Validity & Pick<ReadAssertion, 'restrictions'> {
  // SAML 2.0 Core §2.5.1.1: a condition that is not understood makes the assertion indeterminate.
  refuseOtherChildren(conditions, ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'])
  const restrictions = childrenNamed(conditions, saml20, 'AudienceRestriction').map((restriction) =>
    childrenNamed(restriction, saml20, 'Audience').map(textOf),
  )
  return {
    notBefore: instantAttribute(conditions, 'NotBefore'),
    notOnOrAfter: instantAttribute(conditions, 'NotOnOrAfter'),
    restrictions,
  }
}

function readSubject(assertion: Element): NamedSubject {
  const subject = optionalChild(assertion, 'Subject')
  if (!subject) throw new SamlRefusal('missingSubject', 'the assertion has no Subject')
  const name = optionalChild(subject, 'NameID')
  return { nameId: name && textOf(name), nameIdFormat: name && attributeOf(name, 'Format') }
}

// SAML 2.0 Profiles §4.1.4.3: what a service provider checks of a bearer confirmation.
function checkConfirmation(assertion: Element, expected: ResponseExpectations): void {
  const data = onlyChild(bearerConfirmation(assertion), 'SubjectConfirmationData')
  const recipient = requiredAttribute(data, 'Recipient')
  if (recipient !== expected.recipient) {
    throw new SamlRefusal('wrongRecipient', `meant for "${recipient}", received at "${expected.recipient}"`)
  }
  if (attributeOf(data, 'InResponseTo') !== expected.inResponseTo) {
    throw new SamlRefusal('wrongInResponseTo', answerMismatch(attributeOf(data, 'InResponseTo'), expected))
  }
  checkValidity({ notBefore: new Date(0), notOnOrAfter: instantAttribute(data, 'NotOnOrAfter') }, expected)
}

function answerMismatch(inResponseTo: string | undefined, expected: ResponseExpectations): string {
  return `answers ${inResponseTo ?? 'no request'}, expected ${expected.inResponseTo ?? 'no request'}`
}

function readAttribute(attribute: Element): readonly [string, readonly string[]] {
  return [requiredAttribute(attribute, 'Name'), childrenNamed(attribute, saml20, 'AttributeValue').map(textOf)]
}
