import { describe, expect, test } from 'vitest'
import { childElements } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { FederationRefusal } from './federation-refusal.ts'
import { readRequestSecurityTokenResponse, writeRequestSecurityTokenResponse } from './security-token-response.ts'

const created = new Date('2026-06-01T08:00:00.000Z')
const expires = new Date('2026-06-01T09:00:00.000Z')
const assertion =
  '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_1"><saml:A b="&lt;&#xA;">t &amp; t]]&gt;</saml:A></saml:Assertion>'
const written = writeRequestSecurityTokenResponse({
  assertion,
  audience: 'https://mail.contoso.com/owa/?a&b',
  created,
  expires,
})

const trust13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'

function kindOf(wresult: string): string {
  try {
    readRequestSecurityTokenResponse(wresult)
    return 'read'
  } catch (error) {
    if (error instanceof FederationRefusal) return error.kind
    throw error
  }
}

test('writes the response of AD FS ([MS-MWBF] §2.2.4.1)', () => {
  expect(written).toBe(
    `<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"><t:Lifetime><wsu:Created xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">2026-06-01T08:00:00.000Z</wsu:Created><wsu:Expires xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">2026-06-01T09:00:00.000Z</wsu:Expires></t:Lifetime><wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing"><wsa:Address>https://mail.contoso.com/owa/?a&amp;b</wsa:Address></wsa:EndpointReference></wsp:AppliesTo><t:RequestedSecurityToken>${assertion}</t:RequestedSecurityToken><t:TokenType>urn:oasis:names:tc:SAML:1.0:assertion</t:TokenType><t:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</t:RequestType><t:KeyType>http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey</t:KeyType></t:RequestSecurityTokenResponse>`,
  )
  expect(childElements(rootOf(parseXml(written)))).toHaveLength(6)
})

test('gives the assertion back as it was issued', () => {
  expect(readRequestSecurityTokenResponse(written).assertionXml).toBe(assertion)
})

describe('reads WS-Trust 1.3', () => {
  const response = `<w:RequestSecurityTokenResponse xmlns:w="${trust13}"><w:RequestedSecurityToken>${assertion}</w:RequestedSecurityToken></w:RequestSecurityTokenResponse>`

  test('as a collection of one', () => {
    const collection = `<c:RequestSecurityTokenResponseCollection xmlns:c="${trust13}">\n${response}\n</c:RequestSecurityTokenResponseCollection>`
    expect(readRequestSecurityTokenResponse(collection).assertionXml).toBe(assertion)
  })

  test('as a bare response', () => {
    expect(readRequestSecurityTokenResponse(response).assertionXml).toBe(assertion)
  })

  test('but not a collection of two', () => {
    const collection = `<c:RequestSecurityTokenResponseCollection xmlns:c="${trust13}">${response}${response}</c:RequestSecurityTokenResponseCollection>`
    expect(kindOf(collection)).toBe('malformed')
  })
})

test('takes along namespaces that only the envelope declares', () => {
  const wresult = written
    .replace(
      '<t:RequestSecurityTokenResponse ',
      '<t:RequestSecurityTokenResponse xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" ',
    )
    .replace('<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" ', '<saml:Assertion ')
  expect(readRequestSecurityTokenResponse(wresult).assertionXml).toBe(assertion)
})

describe('refuses', () => {
  test.each([
    ['no XML', 'wresult', 'malformed'],
    ['another document', '<a/>', 'malformed'],
    ['a SOAP fault', '<s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>', 'malformed'],
    ['a document type', `<!DOCTYPE x>${written}`, 'malformed'],
    ['no token', written.replace(assertion, ''), 'missingToken'],
    [
      'no element for the token',
      written.replace(/<t:RequestedSecurityToken>.*<\/t:RequestedSecurityToken>/, ''),
      'missingToken',
    ],
    ['two tokens', written.replace(assertion, assertion + assertion), 'malformed'],
    [
      'two elements for tokens',
      written.replace(/<t:RequestedSecurityToken>.*<\/t:RequestedSecurityToken>/, '$&$&'),
      'missingToken',
    ],
    [
      'an encrypted token',
      written.replace(assertion, '<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/>'),
      'encrypted',
    ],
  ])('%s', (_what, wresult, kind) => {
    expect(kindOf(wresult)).toBe(kind)
  })
})
