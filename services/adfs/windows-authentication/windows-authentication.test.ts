import { Agent, buildConnector, type Dispatcher, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  authenticateMessage,
  type Forgery,
  type NtlmCredentials,
  negotiateMessage,
} from '#shared/windows-authentication/_ntlm-client.ts'
import { mechanisms, readSpnego } from '#shared/windows-authentication/spnego.ts'
import { type AdfsStage, startAdfs } from '../_stage.ts'

const alice: NtlmCredentials = { userName: 'alice', domain: 'CONTOSO', password: 'Alice-Pass1' }
const wia = `/adfs/ls/wia?wa=wsignin1.0&wtrealm=${encodeURIComponent('https://mail.contoso.com/owa/')}`
let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
})

afterAll(() => stage[Symbol.asyncDispose]())

/** One connection, and no other. */
function connection(): AsyncDisposable & {
  get(headers?: Readonly<Record<string, string>>): Promise<Dispatcher.ResponseData>
} {
  const connect = buildConnector({ ca: stage.authority.caPem })
  const here = { hostname: '127.0.0.1', host: `127.0.0.1:${stage.port}`, port: String(stage.port) }
  const agent = new Agent({
    connections: 1,
    connect: (target, callback) => connect({ ...target, servername: target.hostname, ...here }, callback),
  })
  return {
    async get(headers = {}) {
      const answer = await request(`https://adfs.contoso.com${wia}`, { dispatcher: agent, headers })
      await answer.body.dump()
      return answer
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  }
}

function tokenIn(answer: Dispatcher.ResponseData): Buffer {
  const [, token = ''] = String(answer.headers['www-authenticate']).split(' ')
  return Buffer.from(token, 'base64')
}

async function handshake(credentials: NtlmCredentials, forgery: Forgery = {}) {
  await using line = connection()
  const negotiate = negotiateMessage()
  const challenge = tokenIn(await line.get({ authorization: `NTLM ${negotiate.toString('base64')}` }))
  const message = authenticateMessage(credentials, { negotiate, challenge }, forgery)
  return await line.get({ authorization: `NTLM ${message.toString('base64')}` })
}

async function lastReasons(): Promise<string> {
  return (await stage.journal()).at(-1)?.reasons.join('\n') ?? ''
}

test('the challenge names the domain, the server and the time ([MS-NLMP] §2.2.1.2)', async () => {
  await using line = connection()
  const answer = await line.get({ authorization: `NTLM ${negotiateMessage().toString('base64')}` })
  expect(answer.statusCode).toBe(401)
  const challenge = tokenIn(answer)
  expect(challenge.subarray(0, 12).toString('latin1')).toBe('NTLMSSP\0\x02\0\0\0')
  for (const name of ['CONTOSO', 'contoso.com', 'adfs.contoso.com', 'ADFS']) {
    expect(challenge.includes(Buffer.from(name, 'utf16le'))).toBe(true)
  }
  expect(challenge.readUInt32LE(20) & 0x40000000, 'no key exchange').toBe(0)
})

test.each<readonly [string, NtlmCredentials, Forgery]>([
  ['with a message integrity code', alice, { mic: 'right' }],
  ['of an old client without one', alice, { mic: 'none' }],
  ['with a UPN', { ...alice, userName: 'alice@contoso.com', domain: '' }, {}],
])('the right answer %s opens a session and goes on', async (_what, credentials, forgery) => {
  const answer = await handshake(credentials, forgery)
  expect(answer.statusCode).toBe(302)
  expect(String(answer.headers['set-cookie'])).toContain('MSISAuth=')
  expect(answer.headers.location).toMatch(/^https:\/\/adfs\.contoso\.com:443\/adfs\/ls\/\?wa=wsignin1\.0/)
})

/** NTLMv1 of the right password is as long, and as good, as any 24 bytes. */
const version1 = Buffer.alloc(24, 1)

test.each<readonly [string, NtlmCredentials, Forgery, RegExp]>([
  ['a wrong password', { ...alice, password: 'wrong' }, {}, /STATUS_WRONG_PASSWORD/],
  ['nobody', { ...alice, userName: 'nobody' }, {}, /STATUS_NO_SUCH_USER/],
  ['another domain', { ...alice, domain: 'FABRIKAM' }, {}, /STATUS_NO_SUCH_USER/],
  ['an anonymous answer', { ...alice, userName: '' }, {}, /anonymous/],
  ['an NTLMv1 answer', alice, { ntResponse: version1 }, /STATUS_NTLM_BLOCKED/],
  ['a LAN Manager answer', alice, { ntResponse: Buffer.alloc(0) }, /STATUS_NTLM_BLOCKED/],
  ['a changed message', alice, { mic: 'wrong' }, /integrity code/],
])('%s is refused with 401', async (_what, credentials, forgery, reason) => {
  const answer = await handshake(credentials, forgery)
  expect(answer.statusCode).toBe(401)
  expect(answer.headers['www-authenticate']).toEqual(['Negotiate', 'NTLM'])
  expect(answer.headers['set-cookie']).toBeUndefined()
  expect(await lastReasons()).toMatch(reason)
})

test('the connection is what is authenticated: the next request on it needs no answer, another connection does', async () => {
  await using line = connection()
  await using other = connection()
  const negotiate = negotiateMessage()
  const challenge = tokenIn(await line.get({ authorization: `NTLM ${negotiate.toString('base64')}` }))
  const message = authenticateMessage(alice, { negotiate, challenge })
  const authorization = `NTLM ${message.toString('base64')}`
  expect((await other.get({ authorization })).statusCode, 'an answer on a connection without a challenge').toBe(401)
  expect(await lastReasons()).toContain('no challenge is open on this connection')
  expect((await line.get({ authorization })).statusCode).toBe(302)
  expect((await line.get()).statusCode).toBe(302)
  expect((await other.get()).statusCode).toBe(401)
  expect((await line.get({ authorization })).statusCode, 'the same answer again').toBe(401)
  expect((await line.get()).statusCode, 'and nothing is left of what was').toBe(401)
})

test('a wrong answer spends the challenge', async () => {
  await using line = connection()
  const negotiate = negotiateMessage()
  const challenge = tokenIn(await line.get({ authorization: `NTLM ${negotiate.toString('base64')}` }))
  const answerWith = (password: string) => {
    const message = authenticateMessage({ ...alice, password }, { negotiate, challenge })
    return line.get({ authorization: `NTLM ${message.toString('base64')}` })
  }
  expect((await answerWith('wrong')).statusCode).toBe(401)
  expect((await answerWith(alice.password)).statusCode).toBe(401)
  expect(await lastReasons()).toContain('no challenge is open')
})

test.each([
  ['Basic credentials', 'Basic YWxpY2U6QWxpY2UtUGFzczE='],
  ['no base64', 'NTLM ????'],
  ['no message', 'NTLM YWJj'],
  ['a message cut short', `NTLM ${negotiateMessage().subarray(0, 12).toString('base64')}`],
  ['the server message of a server', `NTLM ${Buffer.from('NTLMSSP\0\x02\0\0\0\0\0\0\0', 'latin1').toString('base64')}`],
  ['a client without session security', `NTLM ${negotiateMessage(0x00000207).toString('base64')}`],
  ['Negotiate with something else', 'Negotiate YIGAAA=='],
  [
    'an answer out of nowhere',
    `NTLM ${Buffer.alloc(88).fill('NTLMSSP\0\x03\0\0\0', 0, 12, 'latin1').toString('base64')}`,
  ],
])('%s is refused with 401', async (_what, authorization) => {
  await using line = connection()
  const answer = await line.get({ authorization })
  expect(answer.statusCode).toBe(401)
  expect(answer.headers['www-authenticate']).toEqual(['Negotiate', 'NTLM'])
})

describe('Negotiate', () => {
  // NegTokenInit: the SPNEGO OID, the mechanisms, and a token of the first one.
  const der = (tag: number, ...parts: readonly Buffer[]) => {
    const content = Buffer.concat(parts)
    const length =
      content.length < 128
        ? Buffer.from([content.length])
        : Buffer.from([0x82, content.length >> 8, content.length & 255])
    return Buffer.concat([Buffer.from([tag]), length, content])
  }
  const oids = {
    spnego: Buffer.from('06062b0601050502', 'hex'),
    ntlm: Buffer.from('060a2b06010401823702020a', 'hex'),
    kerberos: Buffer.from('06092a864886f712010202', 'hex'),
  }
  const initial = (list: readonly Buffer[], token: Buffer) =>
    der(0x60, oids.spnego, der(0xa0, der(0x30, der(0xa0, der(0x30, ...list)), der(0xa2, der(0x04, token)))))
  const later = (token: Buffer) => der(0xa1, der(0x30, der(0xa2, der(0x04, token))))

  test('NTLM inside SPNEGO (RFC 4178): named once, then completed', async () => {
    await using line = connection()
    const negotiate = negotiateMessage()
    const first = await line.get({ authorization: `Negotiate ${initial([oids.ntlm], negotiate).toString('base64')}` })
    const answer = await readSpnego(tokenIn(first))
    const challenge = answer?.token ?? Buffer.alloc(0)
    expect(tokenIn(first).includes(oids.ntlm)).toBe(true)
    const message = later(authenticateMessage(alice, { negotiate, challenge }))
    const last = await line.get({ authorization: `Negotiate ${message.toString('base64')}` })
    expect(last.statusCode).toBe(302)
    expect(tokenIn(last).toString('hex')).toBe('a1073005a0030a0100')
  })

  test('a ticket first and NTLM in the list: the server has no key and chooses NTLM', async () => {
    await using line = connection()
    const ticket = initial([oids.kerberos, oids.ntlm], Buffer.from('ticket'))
    const first = await line.get({ authorization: `Negotiate ${ticket.toString('base64')}` })
    expect(tokenIn(first).includes(oids.ntlm)).toBe(true)
    const negotiate = negotiateMessage()
    const second = await line.get({ authorization: `Negotiate ${later(negotiate).toString('base64')}` })
    const challenge = (await readSpnego(tokenIn(second)))?.token ?? Buffer.alloc(0)
    const message = later(authenticateMessage(alice, { negotiate, challenge }))
    expect((await line.get({ authorization: `Negotiate ${message.toString('base64')}` })).statusCode).toBe(302)
  })

  test('a ticket alone is refused', async () => {
    await using line = connection()
    const ticket = initial([oids.kerberos], Buffer.from('ticket'))
    const answer = await line.get({ authorization: `Negotiate ${ticket.toString('base64')}` })
    expect(answer.statusCode).toBe(401)
    expect(await lastReasons()).toContain(mechanisms.kerberos)
  })

  test('NTLM bare under the name of Negotiate, as Windows sends it outside a domain', async () => {
    await using line = connection()
    const negotiate = negotiateMessage()
    const challenge = tokenIn(await line.get({ authorization: `Negotiate ${negotiate.toString('base64')}` }))
    const message = authenticateMessage(alice, { negotiate, challenge })
    expect((await line.get({ authorization: `Negotiate ${message.toString('base64')}` })).statusCode).toBe(302)
  })
})

test('a proven proxy is refused: Windows authentication never comes from outside', async () => {
  const page = await stage.browser('outside').open(wia)
  expect(page.status).toBe(200)
  expect(page.html).toContain('MSIS7102')
})

test('a stack may do without: wauth asks for nothing that is there', async () => {
  await using forms = await startAdfs((scenario) => ({
    ...scenario,
    adfs: {
      ...scenario.adfs,
      primaryAuthentication: { intranet: ['FormsAuthentication'], extranet: ['FormsAuthentication'] },
    },
  }))
  const asked = `${wia.replace('/wia', '/')}&wauth=urn:federation:authentication:windows`
  expect((await forms.browser().open(asked)).html).toContain('MSIS7102')
  expect((await forms.browser().open(wia)).html).toContain('MSIS7102')
})
