import { type Dispatcher, ProxyAgent, request } from 'undici'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'
import { authenticateMessage, negotiateMessage } from '#shared/windows-authentication/_ntlm-client.ts'
import { runCmdlet } from '../actors/exchange-shell.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

const ews = 'https://mail.contoso.com/EWS/Exchange.asmx'
const inbox =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
const everything = ['Negotiate', 'NTLM', 'Basic realm="mail.contoso.com"']
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
afterAll(() => open.disposeAsync())
afterEach(() => lab.reset())

interface Answer {
  readonly status: number
  readonly challenges: readonly string[]
  readonly version: unknown
  readonly text: string
}

/** One connection of a client of `zone`, and no other. */
class Line implements AsyncDisposable {
  readonly #dispatcher: Dispatcher

  constructor(zone: Zone) {
    const requestTls = { ca: stack.authority.caPem }
    this.#dispatcher = new ProxyAgent({ uri: stack.proxy(zone), requestTls, connections: 1 })
  }

  async post(authorization?: string, url = ews): Promise<Answer> {
    const headers = { 'content-type': 'text/xml', ...(authorization !== undefined && { authorization }) }
    const answer = await request(url, { dispatcher: this.#dispatcher, method: 'POST', headers, body: inbox })
    const challenges = [answer.headers['www-authenticate'] ?? []].flat()
    const version = answer.headers['x-owa-version']
    return { status: answer.statusCode, challenges, version, text: await answer.body.text() }
  }

  /** All three messages. */
  async signIn(password: string, url = ews): Promise<Answer> {
    const negotiate = negotiateMessage()
    const { challenges } = await this.post(`NTLM ${negotiate.toString('base64')}`, url)
    const challenge = Buffer.from(challenges[0]?.split(' ')[1] ?? '', 'base64')
    const person = { userName: 'bob', domain: 'CONTOSO', password }
    const message = authenticateMessage(person, { negotiate, challenge })
    return this.post(`NTLM ${message.toString('base64')}`, url)
  }

  [Symbol.asyncDispose]() {
    return this.#dispatcher.destroy()
  }
}

test.each<Zone>(['corp', 'internet'])('NTLM opens the mailbox from %s, for its connection alone', async (zone) => {
  await using line = new Line(zone)
  await using other = new Line(zone)
  expect(await line.post()).toMatchObject({
    status: 401,
    challenges: everything,
    version: expect.stringMatching(/^15\.2\./),
    text: '',
  })
  const first = await line.signIn(bob.password)
  expect([first.status, first.text]).toEqual([200, expect.stringContaining('>Inbox<')])
  const visits = Array.from({ length: 4 }, async () => [(await line.post()).status, (await other.post()).status])
  expect(await Promise.all(visits)).toEqual(Array(4).fill([200, 401]))
  const refused = await other.signIn('wrong')
  expect(refused).toMatchObject({ status: 401, challenges: everything })
  const reasons = (await lab.journal({ deployment: 'exchange-onprem' })).flatMap((event) => event.reasons)
  expect(reasons).toContainEqual(expect.stringContaining('STATUS_WRONG_PASSWORD'))
})

test('a password on the connection of somebody else is that person’s own', async () => {
  await using line = new Line('corp')
  expect((await line.signIn(bob.password)).status).toBe(200)
  const basic = `Basic ${Buffer.from('bob@contoso.com:wrong').toString('base64')}`
  expect((await line.post(basic)).status).toBe(401)
})

test('AutoDiscover takes NTLM too, ActiveSync does not', async () => {
  await using line = new Line('internet')
  const found = await line.signIn(bob.password, 'https://autodiscover.contoso.com/autodiscover/autodiscover.xml')
  expect([found.status, found.text]).toEqual([200, expect.stringContaining('<ErrorCode>600</ErrorCode>')])
  const phone = await line.post(undefined, 'https://mail.contoso.com/Microsoft-Server-ActiveSync')
  expect(phone).toMatchObject({ status: 401, challenges: ['Basic realm="mail.contoso.com"'] })
})

test('Set-WebServicesVirtualDirectory turns either of them off, for Exchange Web Services', async () => {
  const set = (switches: object) =>
    runCmdlet(lab, 'exchange-onprem', 'Set-WebServicesVirtualDirectory', {
      Identity: 'EWS (Default Web Site)',
      ...switches,
    })
  await using line = new Line('corp')
  await set({ WindowsAuthentication: false })
  expect((await line.post(`NTLM ${negotiateMessage().toString('base64')}`)).challenges).toEqual([
    'Basic realm="mail.contoso.com"',
  ])
  await set({ WindowsAuthentication: true, BasicAuthentication: false })
  expect((await line.post()).challenges).toEqual(['Negotiate', 'NTLM'])
  const basic = `Basic ${Buffer.from(`${bob.upn}:${bob.password}`).toString('base64')}`
  expect((await line.post(basic)).status).toBe(401)
  expect((await line.signIn(bob.password)).status).toBe(200)
  const [directory] = await runCmdlet(lab, 'exchange-onprem', 'Get-WebServicesVirtualDirectory')
  expect(directory).toMatchObject({ WindowsAuthentication: true, BasicAuthentication: false })
  expect(directory?.InternalAuthenticationMethods).toEqual(['Ntlm', 'WindowsIntegrated', 'OAuth'])
  expect(await line.post(undefined, 'https://autodiscover.contoso.com/autodiscover/autodiscover.xml')).toMatchObject({
    challenges: ['Negotiate', 'NTLM', 'Basic realm="autodiscover.contoso.com"'],
  })
})

test('BlockLegacyAuthWebServices means NTLM as well, on connections that are open too', async () => {
  await using line = new Line('corp')
  expect((await line.signIn(bob.password)).status).toBe(200)
  const policy = { Name: 'No legacy', BlockLegacyAuthWebServices: true }
  await runCmdlet(lab, 'exchange-onprem', 'New-AuthenticationPolicy', policy)
  await runCmdlet(lab, 'exchange-onprem', 'Set-User', { Identity: bob.upn, AuthenticationPolicy: policy.Name })
  expect((await line.post()).status).toBe(401)
  expect((await line.signIn(bob.password)).status).toBe(401)
  const reasons = (await lab.journal({ deployment: 'exchange-onprem' })).flatMap((event) => event.reasons)
  expect(reasons).toContain('authentication policy "No legacy" blocks NTLM for WebServices')
  const discovered = await line.signIn(bob.password, 'https://mail.contoso.com/autodiscover/autodiscover.xml')
  expect(discovered.status).toBe(200)
})
