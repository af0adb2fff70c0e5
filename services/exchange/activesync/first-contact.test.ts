import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Device, folderSync, openOffice } from './_device.ts'
import { child, textOf } from './elements.ts'
import { readCommandLine } from './http/command-line.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/activesync/base64-query.json', import.meta.url), 'utf8'),
) as {
  vectors: { name: string; query: string; decoded: Record<string, unknown> & { parameters: Record<string, unknown> } }[]
  invalid: { name: string; query: string }[]
}

test.each(vectors.vectors)('base64 query $name', ({ query, decoded }) => {
  const line = readCommandLine(query, {})
  const { deviceId, parameters } = decoded
  const { Options, ...texts } = parameters as { Options?: { SaveInSent: boolean; AcceptMultiPart: boolean } }
  const lowered = Object.entries(texts).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value])
  expect(line).toEqual({
    command: decoded.command,
    version: Number(String(decoded.protocolVersion).replace('.', '')),
    deviceId: typeof deviceId === 'string' ? deviceId : (deviceId as { hex: string }).hex.toUpperCase(),
    deviceType: decoded.deviceType,
    policyKey: decoded.policyKey ?? undefined,
    saveInSent: Options?.SaveInSent ?? false,
    acceptMultiPart: Options?.AcceptMultiPart ?? false,
    ...Object.fromEntries(lowered),
  })
})

test.each(vectors.invalid)('base64 query $name is refused', ({ query }) => {
  expect(readCommandLine(query, {})).toBeUndefined()
})

test('a plain query comes in any order, and with a percent-encoded domain', () => {
  const line = readCommandLine('User=CONTOSO%5Cbob&DeviceId=A1&DeviceType=iPhone&Cmd=Sync', {
    'ms-asprotocolversion': '16.1',
    'x-ms-policykey': '42',
  })
  expect(line).toMatchObject({ command: 'Sync', user: 'CONTOSO\\bob', version: 161, policyKey: 42 })
})

const probe = (method: 'OPTIONS' | 'GET' | 'PUT', authorization?: string) => ({
  method,
  url: '/Microsoft-Server-ActiveSync',
  headers: { host: 'mail.contoso.com', ...(authorization && { authorization }) },
})
const bob = `Basic ${Buffer.from('bob@contoso.com:right').toString('base64')}`

test('§30-02 §30-03 OPTIONS lists ascending versions without blanks, and what clients look for', async () => {
  await using stage = await openOffice()
  const { statusCode, headers, body } = await stage.app.inject(probe('OPTIONS', bob))
  expect([statusCode, body]).toEqual([200, ''])
  expect(headers).toMatchObject({
    'ms-asprotocolversions': '12.1,14.0,14.1,16.0,16.1',
    'ms-asprotocolcommands': expect.stringContaining('Sync,SendMail,'),
    'ms-server-activesync': '15.2',
    'x-aspnet-version': '4.0.30319',
    'content-length': '0',
    allow: 'OPTIONS,POST',
    'cache-control': 'private',
  })
})

test.each([
  { what: 'nothing', authorization: undefined },
  { what: 'an empty bearer', authorization: 'Bearer ' },
  { what: 'a wrong password', authorization: `Basic ${Buffer.from('bob@contoso.com:wrong').toString('base64')}` },
  { what: 'half a header', authorization: 'Basic' },
])('$what gets a challenge and no list', async ({ authorization }) => {
  await using stage = await openOffice()
  for (const method of ['OPTIONS', 'GET'] as const) {
    const { statusCode, headers } = await stage.app.inject(probe(method, authorization))
    expect(statusCode).toBe(401)
    expect(String(headers['www-authenticate'])).toContain('Basic realm="mail.contoso.com"')
    expect(headers['ms-asprotocolversions']).toBeUndefined()
  }
})

test('a FolderSync from the beginning offers versions and commands again, a later one does not', async () => {
  await using stage = await openOffice()
  const device = await new Device(stage).connect()
  const first = await device.send('FolderSync', folderSync('0'))
  expect(first.headers['ms-asprotocolversions']).toBe('12.1,14.0,14.1,16.0,16.1')
  expect(first.headers['ms-asprotocolcommands']).toContain('FolderSync,')
  const later = await device.send('FolderSync', folderSync(textOf(first.root, 'FolderHierarchy:SyncKey') ?? ''))
  expect(later.headers).not.toHaveProperty('ms-asprotocolversions')
})

test('other methods are refused after the password', async () => {
  await using stage = await openOffice()
  expect((await stage.app.inject(probe('GET', bob))).statusCode).toBe(405)
  expect((await stage.app.inject(probe('PUT', bob))).statusCode).toBe(501)
})

test('somebody whose mailbox is in the cloud is sent there', async () => {
  await using stage = await openOffice()
  const answer = await new Device(stage, 'alice@contoso.com').send('FolderSync', folderSync('0'))
  expect(answer.status).toBe(451)
  expect(answer.headers['x-ms-location']).toBe('https://outlook.office365.com/Microsoft-Server-ActiveSync')
})

test.each([
  { what: 'an unknown command', command: 'Nonsense', version: '14.1', want: 501 },
  { what: 'a command of a later version', command: 'Find', version: '16.0', want: 'Find:Find 138' },
  { what: 'a command of an earlier version', command: 'GetAttachment', version: '12.1', want: 500 },
  { what: 'version 2.5', command: 'FolderSync', version: '2.5', want: 400 },
  { what: 'no version', command: 'FolderSync', version: 'x', want: 400 },
])('$what → $want', async ({ command, version, want }) => {
  await using stage = await openOffice()
  const device = new Device(stage)
  await device.provision()
  device.version = version
  const { status, root } = await device.send(command, command === 'Find' ? folderSync('0') : undefined)
  const shown = root ? `${root.name} ${root.children[0]?.value}` : status
  expect(shown).toBe(want)
})

test.each([
  { what: 'no body', body: Buffer.alloc(0), status: '101', http: 400 },
  { what: 'bytes that are no WBXML', body: Buffer.from('<html>'), status: '102', http: 400 },
  { what: 'the document of another command', body: undefined, status: '103', http: 400 },
])('$what: Status $status, and HTTP $http before 14.0', async ({ body, status, http }) => {
  await using stage = await openOffice()
  const device = new Device(stage)
  await device.provision()
  const wrong = body ?? '<Ping:Ping><Ping:HeartbeatInterval>60</Ping:HeartbeatInterval></Ping:Ping>'
  const answer = await device.send('FolderSync', wrong)
  expect([answer.status, textOf(answer.root, 'FolderHierarchy:Status')]).toEqual([200, status])
  device.version = '12.1'
  const older = await device.send('FolderSync', wrong)
  expect([older.status, older.raw.length]).toEqual([http, 0])
})

test('§30-13 a device is provisioned in two phases, and asked again when the policy changes', async () => {
  await using stage = await openOffice()
  const device = new Device(stage)
  const refused = await device.send('FolderSync', folderSync('0'))
  expect([refused.status, textOf(refused.root, 'FolderHierarchy:Status')]).toEqual([200, '142'])
  await device.provision()
  const accepted = await device.send('FolderSync', folderSync('0'))
  expect(textOf(accepted.root, 'FolderHierarchy:Status')).toBe('1')
  expect(accepted.raw.subarray(0, 4).toString('hex')).toBe('03016a00')
  device.policyKey = (device.policyKey ?? 0) - 1
  expect(textOf((await device.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe('144')
  device.version = '12.1'
  expect((await device.send('FolderSync', folderSync('0'))).status).toBe(449)
})

test('a wrong key is not acknowledged, and an unknown kind of policy is said to be one', async () => {
  await using stage = await openOffice()
  const device = new Device(stage)
  const ask = async (inner: string) => {
    const body = `<Provision:Provision><Provision:Policies><Provision:Policy>${inner}</Provision:Policy></Provision:Policies></Provision:Provision>`
    const { root } = await device.send('Provision', body)
    return textOf(child(child(root, 'Provision:Policies'), 'Provision:Policy'), 'Provision:Status')
  }
  expect(await ask('<Provision:PolicyType>MS-WAP-Provisioning-XML</Provision:PolicyType>')).toBe('3')
  const type = '<Provision:PolicyType>MS-EAS-Provisioning-WBXML</Provision:PolicyType>'
  expect(await ask(`${type}<Provision:PolicyKey>1</Provision:PolicyKey><Provision:Status>1</Provision:Status>`)).toBe(
    '5',
  )
  device.policyKey = 1
  expect(textOf((await device.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe('142')
})

test.each([
  { id: '', status: '108' },
  { id: 'a,b', status: '108' },
  { id: 'A'.repeat(65), status: '108' },
])('device id $id is refused', async ({ id, status }) => {
  await using stage = await openOffice()
  const device = new Device(stage, 'bob@contoso.com', id)
  expect(textOf((await device.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe(status)
})

test('the same device id of another person is another device', async () => {
  await using stage = await openOffice()
  const bobs = await new Device(stage, 'bob@contoso.com', 'SAME').connect()
  const daves = new Device(stage, 'dave@contoso.com', 'SAME')
  daves.policyKey = bobs.policyKey
  expect(textOf((await daves.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe('142')
})
