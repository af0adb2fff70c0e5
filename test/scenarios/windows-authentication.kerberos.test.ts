import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { tokenRequest } from '#services/adfs/ws-trust/_soap.ts'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { type KeyDistributionCenter, startKeyDistributionCenter } from '../actors/key-distribution-center.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { userAgents } from '../actors/web-view.ts'
import { worldOf } from '../actors/world.ts'

const owa = `https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=${encodeURIComponent('https://mail.contoso.com/owa/')}`
const wia = owa.replace('/adfs/ls/', '/adfs/ls/wia')
const windowsTransport = 'https://adfs.contoso.com/adfs/services/trust/13/windowstransport'
const secret = 'Ticket-Pass1'
const open = new AsyncDisposableStack()
let center: KeyDistributionCenter
let stack: Stack
let lab: Lab

beforeAll(async () => {
  center = open.use(await startKeyDistributionCenter('CONTOSO.COM'))
  for (const name of ['bob', 'ghost', 'bob/admin']) await center.addUser(name, secret)
  const keytab = await center.addService('HTTP/adfs.contoso.com')
  const scenario = await loadDefaultScenario()
  const adfs = { ...scenario.adfs, windowsTransportEnabled: true, kerberos: { realm: center.realm, keytab } }
  stack = open.use(await startStack({ scenario: { ...scenario, adfs } }))
  lab = labOf(worldOf(stack))
})

afterAll(() => open.disposeAsync())
afterEach(() => lab.reset())

/** curl --negotiate with the tickets of an environment; `head` has what it sent. */
async function negotiate(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const surroundings = [
    '--proxy',
    stack.proxy('corp'),
    '--cacert',
    stack.authority.caFile,
    '--suppress-connect-headers',
  ]
  const all = [
    '-s',
    '-v',
    '-i',
    '-b',
    '',
    '-A',
    userAgents.edgeWindows,
    '--negotiate',
    '-u',
    ':',
    ...surroundings,
    ...args,
  ]
  const { stdout, stderr } = await promisify(execFile)('curl', all, { env })
  const statuses = [...stdout.matchAll(/^HTTP\/[\d.]+ (\d{3})/gm)].map(([, status]) => Number(status))
  return { statuses, text: stdout, token: /^> Authorization: Negotiate (\S+)/m.exec(stderr)?.[1] ?? '' }
}

async function reasons(): Promise<string> {
  return (await lab.journal({ deployment: 'adfs' })).flatMap((event) => event.reasons).join('\n')
}

test('WEB-ONPREM-3 with a Kerberos ticket: session, token, and the service proves itself too', async () => {
  const { statuses, text } = await negotiate(await center.signIn('bob', secret), '-L', owa)
  expect(statuses.at(-1)).toBe(200)
  expect(text).toContain('name="hiddenform" action="https://mail.contoso.com:443/owa/"')
  expect(text).toContain('urn:federation:authentication:windows')
  expect(text).toMatch(/^www-authenticate: Negotiate [A-Za-z0-9+/]+=*\r$/im)
  const events = await lab.journal({ deployment: 'adfs' })
  expect(events.find(({ decisions }) => decisions.includes('credentialsAccepted'))).toMatchObject({
    user: bob.upn,
    path: '/adfs/ls/wia',
    steps: ['WEB-ONPREM-3'],
  })
})

test('WS-Trust at windowstransport takes the ticket', async () => {
  const type = ['-H', 'content-type: application/soap+xml; charset=utf-8']
  const body = tokenRequest({ appliesTo: 'https://mail.contoso.com/owa/' }, new Date())
  const env = await center.signIn('bob', secret)
  const { statuses, text } = await negotiate(env, ...type, '--data-raw', body, windowsTransport)
  expect(statuses.at(-1)).toBe(200)
  expect(text).toContain('bob@contoso.com')
})

test('a ticket is good once', async () => {
  const { token } = await negotiate(await center.signIn('bob', secret), wia)
  expect(token).not.toBe('')
  const again = ['-s', '-i', '-H', `Authorization: Negotiate ${token}`, '--proxy', stack.proxy('corp')]
  const { stdout } = await promisify(execFile)('curl', [...again, '--cacert', stack.authority.caFile, wia])
  expect(stdout).toContain('401')
  expect(stdout).not.toContain('MSISAuth=')
  expect(await reasons()).toMatch(/replay/i)
})

test.each([
  { name: 'ghost', reason: /ghost@CONTOSO\.COM is not in the directory/ },
  { name: 'bob/admin', reason: /bob\/admin@CONTOSO\.COM is no account/ },
])('a ticket of $name is refused, and says so in the journal only', async ({ name, reason }) => {
  const { text } = await negotiate(await center.signIn(name, secret), wia)
  expect(text).not.toContain('MSISAuth=')
  expect(text).not.toContain(name)
  expect(await reasons()).toMatch(reason)
})

test('a disabled account has no use of its ticket', async () => {
  const env = await center.signIn('bob', secret)
  await lab.call('PATCH', `/api/directory/users/${bob.upn}`, { enabled: false })
  expect((await negotiate(env, wia)).text).not.toContain('MSISAuth=')
  expect(await reasons()).toContain('is disabled')
})

test('a ticket that was changed, and one that is none', async () => {
  const { token } = await negotiate(await center.signIn('bob', secret), wia)
  const bytes = Buffer.from(token, 'base64')
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 1, bytes.length - 20)
  for (const changed of [bytes.toString('base64'), token.slice(0, 400)]) {
    const args = ['-s', '-i', '-H', `Authorization: Negotiate ${changed}`, '--proxy', stack.proxy('corp')]
    const { stdout } = await promisify(execFile)('curl', [...args, '--cacert', stack.authority.caFile, wia])
    expect(stdout).not.toContain('MSISAuth=')
    expect(stdout).toMatch(/^www-authenticate: NTLM/im)
  }
})

test('a key that the keytab has no more is no key', async () => {
  const env = await center.signIn('bob', secret)
  await center.addService('HTTP/adfs.contoso.com')
  expect((await negotiate(env, wia)).text).not.toContain('MSISAuth=')
  expect(await reasons()).toContain('the ticket is refused')
})

test('NTLM goes on beside it', async () => {
  const args = ['-s', '-i', '--ntlm', '-u', `CONTOSO\\bob:${bob.password}`, '--proxy', stack.proxy('corp')]
  const { stdout } = await promisify(execFile)('curl', [...args, '--cacert', stack.authority.caFile, wia])
  expect(stdout).toContain('MSISAuth=')
})
