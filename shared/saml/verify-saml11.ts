import type { Element } from '@xmldom/xmldom'
import { attributeOf, childrenNamed, isNamed } from '#shared/xml/elements.ts'
import { bearer11, saml11 } from './names.ts'
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
import { readSignedElement } from './verify-signature.ts'

/**
 * Accepts a signed SAML 1.1 bearer assertion, or throws a SamlRefusal that says why not. `token` is its text, or the
 * root that `readMessage` made of it.
 */
export function verifySaml11Assertion(token: string | Element, expected: AssertionExpectations): VerifiedAssertion {
  const root = typeof token === 'string' ? readMessage(token) : token
  if (!isNamed(root, saml11, 'Assertion'))
    throw new SamlRefusal('malformed', `${root.nodeName} is no SAML 1.1 assertion`)
  const { element, certificateThumbprint } = readSignedElement(root, { ...expected, idAttribute: 'AssertionID' })
  const assertion = readAssertion(element)
  checkIssuer(assertion.issuer, expected)
  const audience = matchAudience(assertion.restrictions, expected)
  checkValidity(assertion, expected)
  const { restrictions: _, ...verified } = assertion
  return { ...verified, audience, certificateThumbprint }
}

interface ReadAssertion extends Omit<VerifiedAssertion, 'audience' | 'certificateThumbprint'> {
  readonly restrictions: readonly (readonly string[])[]
}

function readAssertion(assertion: Element): ReadAssertion {
  const version = `${attributeOf(assertion, 'MajorVersion')}.${attributeOf(assertion, 'MinorVersion')}`
  if (version !== '1.1') throw new SamlRefusal('malformed', `the assertion has version ${version}, not 1.1`)
  refuseOtherChildren(assertion, ['Conditions', 'AttributeStatement', 'AuthenticationStatement'])
  const authentication = onlyChild(assertion, 'AuthenticationStatement')
  const attributes = optionalChild(assertion, 'AttributeStatement')
  const subject = readSubject(authentication)
  if (attributes) refuseOtherSubject(readSubject(attributes), subject)
  return {
    assertionId: requiredAttribute(assertion, 'AssertionID'),
    issuer: requiredAttribute(assertion, 'Issuer'),
    ...readConditions(onlyChild(assertion, 'Conditions')),
    ...withSubject(subject),
    attributes: mergeAttributes(attributes ? childrenNamed(attributes, saml11, 'Attribute').map(readAttribute) : []),
    authenticationMethod: requiredAttribute(authentication, 'AuthenticationMethod'),
    authenticationInstant: instantAttribute(authentication, 'AuthenticationInstant'),
  }
}

function readConditions(conditions: Element): Validity & Pick<ReadAssertion, 'restrictions'> {
  // SAML 1.1 Core §2.3.2.1: a condition that is not understood makes the assertion indeterminate.
  refuseOtherChildren(conditions, ['AudienceRestrictionCondition', 'DoNotCacheCondition'])
  const restrictions = childrenNamed(conditions, saml11, 'AudienceRestrictionCondition').map((restriction) =>
    childrenNamed(restriction, saml11, 'Audience').map(textOf),
  )
  return {
    notBefore: instantAttribute(conditions, 'NotBefore'),
    notOnOrAfter: instantAttribute(conditions, 'NotOnOrAfter'),
    restrictions,
  }
}

function readSubject(statement: Element): NamedSubject {
  const subject = optionalChild(statement, 'Subject')
  if (!subject) throw new SamlRefusal('missingSubject', `${statement.localName} has no Subject`)
  const confirmation = optionalChild(subject, 'SubjectConfirmation')
  const methods = confirmation ? childrenNamed(confirmation, saml11, 'ConfirmationMethod').map(textOf) : []
  if (!methods.includes(bearer11)) {
    throw new SamlRefusal('missingSubject', `the subject is confirmed by [${methods.join()}], not by bearer`)
  }
  const name = optionalChild(subject, 'NameIdentifier')
  return { nameId: name && textOf(name), nameIdFormat: name && attributeOf(name, 'Format') }
}

function refuseOtherSubject(one: NamedSubject, other: NamedSubject): void {
  if (one.nameId !== other.nameId || one.nameIdFormat !== other.nameIdFormat) {
    throw new SamlRefusal('malformed', 'the statements speak of different subjects')
  }
}

function readAttribute(attribute: Element): readonly [string, readonly string[]] {
  const type = `${requiredAttribute(attribute, 'AttributeNamespace')}/${requiredAttribute(attribute, 'AttributeName')}`
  return [type, childrenNamed(attribute, saml11, 'AttributeValue').map(textOf)]
}
