import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { verifySaml11Assertion } from '#shared/saml/verify-saml11.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { assertionIn, faultIn, messageId, sendSoap, type TokenRequestView, tokenRequest } from './_soap.ts'
import { trustDialects } from './names.ts'

let stage: AdfsStage
let certificate: string

beforeAll(async () => {
  stage = await startAdfs()
  const key = { name: 'adfs-token-signing', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  certificate = (await stage.authority.signingKeyFor(key)).certificatePem
})

afterAll(() => stage[Symbol.asyncDispose]())

afterEach(() => stage.directory.statuses.clear())

const owa = 'https://mail.contoso.com/owa/'

/** Asks at the end point of the dialect, inside or with what the proxy adds. */
async function ask(view: TokenRequestView, outside = false) {
  const { name } = view.dialect ?? trustDialects['13']
  return sendSoap(stage, `${name}/usernamemixed`, tokenRequest(view, stage.clock.now()), { outside })
}

describe.each([
  {
    dialect: trustDialects['2005'],
    action: 'http://schemas.xmlsoap.org/ws/2005/02/trust/RSTR/Issue',
    body: '<s:Body><trust:RequestSecurityTokenResponse xmlns:trust="http://schemas.xmlsoap.org/ws/2005/02/trust">',
  },
  {
    dialect: trustDialects['13'],
    action: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTRC/IssueFinal',
    body: '<s:Body><trust:RequestSecurityTokenResponseCollection xmlns:trust="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><trust:RequestSecurityTokenResponse ',
  },
])('WS-Trust $dialect.name', ({ dialect, action, body }) => {
  test('the right password buys a signed SAML 1.1 token for the relying party that AppliesTo names', async () => {
    const { status, headers, text } = await ask({ dialect })
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/soap+xml; charset=utf-8')
    expect(text).toContain(`<a:Action s:mustUnderstand="1">${action}</a:Action><a:RelatesTo>${messageId}</a:RelatesTo>`)
    expect(text).toContain(body)
    const assertion = verifySaml11Assertion(assertionIn(text), {
      trustedCertificates: [certificate],
      issuers: ['http://adfs.contoso.com/adfs/services/trust'],
      audiences: ['urn:federation:MicrosoftOnline'],
      now: stage.clock.now(),
      clockSkewSeconds: 0,
    })
    expect(assertion.authenticationMethod).toBe('urn:oasis:names:tc:SAML:1.0:am:password')
    expect(assertion.attributes.get('http://schemas.xmlsoap.org/claims/UPN')).toEqual(['alice@contoso.com'])
    expect(text).toContain(`${assertion.assertionId}</o:KeyIdentifier>`)
  })

  test('a wrong password is a fault with ID3242 and HTTP 500', async () => {
    const { status, text } = await ask({ dialect, password: 'wrong' })
    expect(status).toBe(500)
    expect(text).toContain(`<s:Value xmlns:a="${dialect.namespace}">a:FailedAuthentication</s:Value>`)
    expect(text).toContain(`<a:RelatesTo>${messageId}</a:RelatesTo>`)
    expect(faultIn(text)[1]).toBe('ID3242: The security token could not be authenticated or authorized.')
    expect(assertionIn(text)).toBe('')
  })
})

test.each([
  'STATUS_ACCOUNT_DISABLED',
  'STATUS_ACCOUNT_LOCKED_OUT',
  'STATUS_PASSWORD_EXPIRED',
  'STATUS_ACCOUNT_EXPIRED',
])('nobody learns of %s; the journal does', async (status) => {
  stage.directory.statuses.set('alice@contoso.com', status)
  const { text } = await ask({})
  expect(faultIn(text)).toEqual([
    'a:FailedAuthentication',
    'ID3242: The security token could not be authenticated or authorized.',
  ])
  const event = (await stage.journal()).at(-1)
  expect(event?.reasons.join()).toContain(status)
  expect(event?.user).toBe('alice@contoso.com')
  expect(JSON.stringify(event)).not.toContain('Alice-Pass1')
})

const minutes = (count: number) => new Date(stage.clock.now().getTime() + count * 60_000)

test.each<{ case: string; view: () => TokenRequestView; fault: string }>([
  { case: 'an unknown relying party', view: () => ({ appliesTo: 'urn:nobody' }), fault: 'a:InvalidScope' },
  { case: 'an empty AppliesTo', view: () => ({ appliesTo: '' }), fault: 'a:InvalidScope' },
  {
    case: 'an expired message',
    view: () => ({ created: minutes(-30), expires: minutes(-20) }),
    fault: 'a:InvalidSecurity',
  },
  {
    case: 'an old message that says it is valid for long',
    view: () => ({ created: minutes(-30), expires: minutes(60) }),
    fault: 'a:InvalidSecurity',
  },
  { case: 'a message from the future', view: () => ({ created: minutes(30) }), fault: 'a:InvalidSecurity' },
  {
    case: 'a message that expires before it is created',
    view: () => ({ created: minutes(1), expires: minutes(0) }),
    fault: 'a:InvalidSecurity',
  },
  { case: 'no credentials', view: () => ({ security: ' ' }), fault: 'a:InvalidSecurity' },
  { case: 'no form of a user name', view: () => ({ userName: 'alice' }), fault: 'a:FailedAuthentication' },
  { case: 'an empty password', view: () => ({ password: '' }), fault: 'a:FailedAuthentication' },
  {
    case: 'another request type',
    view: () => ({ requestType: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/Renew' }),
    fault: 'a:InvalidRequest',
  },
  {
    case: 'another kind of token',
    view: () => ({ tokenType: 'urn:ietf:params:oauth:token-type:jwt' }),
    fault: 'a:InvalidRequest',
  },
  {
    case: 'the action of the other dialect',
    view: () => ({ action: trustDialects['2005'].requestAction }),
    fault: 'a:ActionNotSupported',
  },
])('$case is refused with $fault', async ({ view, fault }) => {
  const { status, text } = await ask(view())
  expect(status).toBe(500)
  expect(faultIn(text)[0]).toBe(fault)
  expect((await stage.journal()).at(-1)?.reasons.join()).not.toBe('')
})

test('five minutes of clock skew are forgiven, as Windows Communication Foundation does', async () => {
  expect((await ask({ created: minutes(-9) })).status).toBe(200)
  expect((await ask({ created: minutes(4) })).status).toBe(200)
})

test('a header that has to be understood and is not makes a MustUnderstand fault (SOAP 1.2 part 1 §5.4.8)', async () => {
  const { status, text } = await ask({ header: '<x:Y xmlns:x="urn:x" s:mustUnderstand="1"/>' })
  expect(status).toBe(500)
  expect(text).toContain('<s:Value>s:MustUnderstand</s:Value>')
})

test('a proof key is a gap that names its row', async () => {
  const keyType = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/SymmetricKey'
  const { status, text } = await ask({ keyType })
  expect(status).toBe(501)
  expect(faultIn(text)[1]).toContain('services/adfs/README.md')
})

describe('policies', () => {
  test('a trust that demands MFA from outside gives a token inside and a fault through the proxy', async () => {
    expect((await ask({ appliesTo: owa })).status).toBe(200)
    const { status, text } = await ask({ appliesTo: owa }, true)
    expect(status).toBe(500)
    expect(faultIn(text)).toEqual(['a:RequestFailed', 'MSIS3127: The specified request failed.'])
    expect((await stage.journal()).at(-1)).toMatchObject({
      user: 'alice@contoso.com',
      decisions: expect.arrayContaining(['credentialsAccepted', 'secondFactorNeeded']),
    })
  })

  test('a denial is MSIS7068', async () => {
    const name = 'Permit everyone for intranet access'
    await using strict = await startAdfs((scenario) => ({
      ...scenario,
      adfs: {
        ...scenario.adfs,
        relyingParties: scenario.adfs.relyingParties.map((each) => ({
          ...each,
          accessControlPolicy: { name, parameters: {} } as never,
        })),
      },
    }))
    const body = tokenRequest({}, strict.clock.now())
    expect((await sendSoap(strict, '13/usernamemixed', body)).status).toBe(200)
    const { text } = await sendSoap(strict, '13/usernamemixed', body, { outside: true })
    expect(faultIn(text)).toEqual(['a:FailedAuthentication', 'MSIS7068: Access denied.'])
  })
})

test.each([
  ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'],
  ['an external document type', '<!DOCTYPE x SYSTEM "https://example.org/x.dtd"><x/>'],
  ['another root', '<x/>'],
  ['SOAP 1.1', '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'],
  ['elements without end', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`],
  ['no XML', 'hello'],
  ['nothing', ' '],
])('%s is no message: 400 without a fault', async (_what, body) => {
  const { status, text } = await sendSoap(stage, '13/usernamemixed', body)
  expect(status).toBe(400)
  expect(text).not.toContain('Fault')
  expect((await stage.journal()).at(-1)?.decisions).toContain('notSoap')
})

test('text/xml is another SOAP: 415; GET is not how a token is asked for: 405', async () => {
  const body = tokenRequest({}, stage.clock.now())
  expect((await sendSoap(stage, '13/usernamemixed', body, { headers: { 'content-type': 'text/xml' } })).status).toBe(
    415,
  )
  const { status, headers } = await sendSoap(stage, '13/usernamemixed')
  expect([status, headers.allow]).toEqual([405, 'POST'])
})

test.each(['2005/windowstransport', '13/windowstransport', '13/certificatetransport'])(
  '%s is not enabled: 503',
  async (path) => {
    expect((await sendSoap(stage, path, tokenRequest({}, stage.clock.now()))).status).toBe(503)
  },
)

describe('the metadata', () => {
  test('describes the end points that exist, by the names that clients look for', async () => {
    const { status, headers, text } = await sendSoap(stage, 'mex')
    expect([status, headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8'])
    for (const name of ['UserNameWSTrustBinding_IWSTrustFeb2005Async', 'UserNameWSTrustBinding_IWSTrust13Async']) {
      expect(text).toContain(`wsu:Id="${name}_policy"`)
      expect(text).toContain(`<wsdl:port name="${name}" binding="tns:${name}">`)
    }
    expect(text).toContain(
      '<wsa10:Address>https://adfs.contoso.com/adfs/services/trust/13/usernamemixed</wsa10:Address>',
    )
    expect(text).not.toContain('windowstransport')
  })

  test('answers WS-MetadataExchange by POST as well', async () => {
    const body = tokenRequest({ action: 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get' }, stage.clock.now())
    const { text } = await sendSoap(stage, 'mex', body)
    expect(text).toContain('http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse')
    expect(text).toContain('<wsdl:definitions name="SecurityTokenService"')
  })
})
