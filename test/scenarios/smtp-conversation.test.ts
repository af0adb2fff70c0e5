import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { eventually } from '../actors/eventually.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

type Place = 'exchange-online' | 'exchange-onprem'

const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

/** Everything is sent at once, as PIPELINING allows after EHLO (RFC 2920); the server's lines, when it hung up. */
async function converse(place: Place, ...parts: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const { host, port } = stack.smtp(place)
  const socket = connect(port, host)
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(chunk))
  await once(socket, 'data')
  socket.write(Buffer.concat([...parts, 'QUIT\r\n'].map((part) => Buffer.from(part))))
  await once(socket, 'close')
  return Buffer.concat(heard).toString('latin1').split('\r\n').slice(0, -1)
}

const erin = 'erin@contoso.com'
const ehlo = 'EHLO sender.example\r\n'
const from = (address: string, parameters = '') => `MAIL FROM:<${address}>${parameters}\r\n`
const to = (address: string) => `RCPT TO:<${address}>\r\n`
const codes = (lines: readonly string[]) => lines.filter((line) => /^\d{3} /.test(line)).map((line) => line.slice(0, 3))

async function messagesOf(place: Place, upn: string) {
  const { json } = await lab.call('GET', `/api/exchange/${place}/mailboxes/${upn}/messages`)
  return (json as { messages: { id: string; subject: string }[] }).messages
}

/** As it was delivered, byte by byte. */
async function delivered(place: Place, upn: string, subject: string): Promise<string> {
  const message = await lab.arrival(place, upn, subject)
  const { json } = await lab.call('GET', `/api/exchange/${place}/mailboxes/${upn}/messages/${message.id}`)
  return Buffer.from((json as { mime: string }).mime, 'base64').toString('latin1')
}

test.each([
  ['exchange-online', 157_286_400],
  ['exchange-onprem', 37_748_736],
] as const)('%s says what it can, and no more: no password before TLS, no BDAT', async (place, size) => {
  const lines = await converse(place, ehlo, from('a@elsewhere.example'), 'BDAT 3 LAST\r\n')
  const offered = lines.filter((line) => /^250[- ]/.test(line)).map((line) => line.slice(4))
  expect(offered.slice(1, -1)).toEqual([
    `SIZE ${size}`,
    ...['PIPELINING', 'ENHANCEDSTATUSCODES', 'STARTTLS', '8BITMIME', 'SMTPUTF8'],
  ])
  expect(lines.at(-2)).toBe('500 5.3.3 Unrecognized command')
})

test('every reply is the line that Exchange says, with its enhanced status code (RFC 2034)', async () => {
  const message = ['DATA\r\n', 'Subject: Lines\r\n\r\nx\r\n.\r\n']
  const said = await converse(
    'exchange-onprem',
    ...['NOOP\r\n', from('a@elsewhere.example'), ehlo, to(bob.upn), 'AUTH LOGIN\r\n', 'WIZ\r\n', 'VRFY bob\r\n'],
    ...[from('no address'), from('a@elsewhere.example', ' MT-PRIORITY=3'), from('a@elsewhere.example')],
    ...[from('b@elsewhere.example'), 'DATA\r\n', to('nobody'), `RCPT TO:<${bob.upn}> NOTIFY=NEVER\r\n`, to(bob.upn)],
    ...message,
    ...['RSET\r\n', 'HELP\r\n'],
  )
  const lines = said.filter((line) => !line.startsWith('250-') && !line.startsWith('250 SMTPUTF8'))
  expect(lines.map((line) => line.replace(/<.+@ex1/, '<id@ex1'))).toEqual([
    '220 ex1.contoso.com ESMTP Microsoft ESMTP MAIL Service ready',
    '250 2.0.0 OK',
    '503 5.5.2 Send hello first',
    '503 5.5.2 Need mail command',
    '504 5.7.4 Unrecognized authentication type',
    '500 5.3.3 Unrecognized command',
    '252 2.1.5 Cannot VRFY user',
    '501 5.1.7 Invalid address',
    '501 5.5.4 Unrecognized parameter',
    '250 2.1.0 Sender OK',
    '503 5.5.2 Sender already specified',
    '503 5.5.2 Need rcpt command',
    '501 5.1.3 Invalid address',
    '501 5.5.4 Unrecognized parameter',
    '250 2.1.5 Recipient OK',
    '354 Start mail input; end with <CRLF>.<CRLF>',
    '250 2.6.0 <id@ex1.contoso.com> Queued mail for delivery',
    '250 2.0.0 Resetting',
    '214-This server supports the following commands:',
    '214 HELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH',
    '221 2.0.0 Service closing transmission channel',
  ])
})

test('after three wrong passwords the server hangs up (Set-ReceiveConnector -MaxLogonFailures)', async () => {
  const { host, port } = stack.smtp('exchange-onprem')
  const socket = connect(port, host)
  await once(socket, 'data')
  socket.write(ehlo)
  await once(socket, 'data')
  socket.write('STARTTLS\r\n')
  await once(socket, 'data')
  const secure = connectTls({ socket, ca: stack.authority.caPem, servername: 'mail.contoso.com' })
  const heard: Buffer[] = []
  secure.on('data', (chunk: Buffer) => heard.push(chunk))
  const wrong = `AUTH PLAIN ${Buffer.from('\0nobody@contoso.com\0wrong').toString('base64')}\r\n`
  secure.write(`${ehlo}${wrong.repeat(4)}`)
  await once(secure, 'close')
  expect(Buffer.concat(heard).toString().split('\r\n').slice(-4, -1)).toEqual([
    '535 5.7.3 Authentication unsuccessful',
    '535 5.7.3 Authentication unsuccessful',
    '421 4.7.0 Too many errors on this connection, closing transmission channel',
  ])
})

test.each([
  ['headers of more than 256 KB', `X-Bomb: y\r\n`.repeat(25_000), '552 5.3.4 Header size exceeds fixed maximum size'],
  ['61 hops', 'Received: by x\r\n'.repeat(61), '554 5.4.6 Hop count exceeded - possible mail loop'],
])('a message with %s is refused, and the session goes on', async (_, head, answer) => {
  const data = ['DATA\r\n', `${head}Subject: Too much\r\n\r\nx\r\n.\r\n`]
  const lines = await converse('exchange-onprem', ehlo, from(''), to(bob.upn), ...data, 'NOOP\r\n')
  expect(lines.slice(-3, -1)).toEqual([answer, '250 2.0.0 OK'])
})

test('a size that is too large is refused before the message is sent (RFC 1870 §6.1)', async () => {
  const lines = await converse('exchange-onprem', ehlo, from('a@elsewhere.example', ' SIZE=37748737'))
  expect(lines.at(-2)).toMatch(/^552 .+maximum message size/)
})

test('one recipient more than the connector takes is refused, and those before are not', async () => {
  const many = Array.from({ length: 1001 }, (_, place) => to(`peggy+${place}@fabrikam.com`))
  const answers = codes(await converse('exchange-online', ehlo, from('a@elsewhere.example'), ...many)).slice(3, -1)
  expect(answers).toEqual([...Array.from({ length: 1000 }, () => '250'), '452'])
})

test('an address with a tag reaches the mailbox in Exchange Online, and nobody on-premises', async () => {
  const data = (subject: string) => ['DATA\r\n', `Subject: ${subject}\r\n\r\nx\r\n.\r\n`]
  const online = await converse('exchange-online', ehlo, from(''), to('peggy+news@fabrikam.com'), ...data('Tagged'))
  expect(online.at(-2)).toMatch(/^250 /)
  expect((await messagesOf('exchange-online', peggy.upn)).map(({ subject }) => subject)).toContain('Tagged')
  const refused = await converse('exchange-onprem', ehlo, from(''), to(bob.upn.replace('@', '+news@')))
  expect(refused.at(-2)).toMatch(/^550 5\.1\.10 /)
})

test('dots are taken off, eight bits stay, and bare line feeds end nothing', async () => {
  const before = (await messagesOf('exchange-online', peggy.upn)).length
  const body = Buffer.from(
    'Subject: Bytes\r\n\r\n..one\r\n...two\r\né\xff\nbare\n.\nMAIL FROM:<b@x>\r\n.\r\n',
    'latin1',
  )
  const lines = await converse(
    'exchange-online',
    ...[ehlo, from('a@elsewhere.example', ' BODY=8BITMIME'), to(peggy.upn), 'DATA\r\n', body],
  )
  expect(codes(lines)).toEqual(['220', '250', '250', '250', '354', '250', '221'])
  expect((await messagesOf('exchange-online', peggy.upn)).length).toBe(before + 1)
  const mime = await delivered('exchange-online', peggy.upn, 'Bytes')
  expect(mime).toContain('\r\n\r\n.one\r\n..two\r\né\xff\nbare\n.\nMAIL FROM:<b@x>\r\n')
})

test('what is delivered says from whom the envelope was, and by which servers it came', async () => {
  const data = 'Subject: Traced\r\nFrom: Somebody <other@elsewhere.example>\r\n\r\nx\r\n.\r\n'
  await converse('exchange-onprem', ehlo, from('a@elsewhere.example'), to(bob.upn), 'DATA\r\n', data)
  const mime = await delivered('exchange-onprem', bob.upn, 'Traced')
  expect(mime).toMatch(
    /^Return-Path: <a@elsewhere\.example>\r\nReceived: by ex1\.contoso\.com with MAPI; .+\r\nReceived: from sender\.example \(127\.0\.0\.1\) by ex1\.contoso\.com with ESMTPS id .+\r\nSubject: Traced\r\n/,
  )
})

test('of two recipients in the other place, one that it refuses is reported and the other has the mail', async () => {
  const faults = [{ match: { method: 'RCPT' }, status: 550, body: '5.7.1 Not this one', count: 1 }]
  expect((await lab.call('PUT', '/api/faults/exchange-online', { faults })).status).toBe(200)
  const data = ['DATA\r\n', 'Subject: Two\r\nMessage-ID: <two@contoso.com>\r\n\r\nx\r\n.\r\n']
  await converse('exchange-onprem', ehlo, from(bob.upn), to(alice.upn), to(erin), ...data)
  expect(await delivered('exchange-online', erin, 'Two')).toContain(`Return-Path: <${bob.upn}>`)
  const report = await delivered('exchange-onprem', bob.upn, 'Undeliverable: Two')
  expect(report).toMatch(/^Return-Path: <>\r\n/)
  for (const line of [
    'In-Reply-To: <two@contoso.com>',
    'Content-Type: multipart/report; report-type=delivery-status',
    'Reporting-MTA: dns;ex1.contoso.com',
    `Final-Recipient: rfc822;${alice.upn}`,
    'Action: failed',
    'Status: 5.7.1',
    'Remote-MTA: dns;outlook.office365.com',
    'Diagnostic-Code: smtp;550 5.7.1 Not this one',
    'Subject: Two',
  ])
    expect(report).toContain(`\r\n${line}`)
})

test('of two recipients in the other place, one that it puts off has the mail later, once, and nobody a report', async () => {
  const faults = [{ match: { method: 'RCPT' }, status: 451, body: '4.3.2 Not now', count: 3 }]
  await lab.call('PUT', '/api/faults/exchange-online', { faults })
  const data = ['DATA\r\n', 'Subject: Later\r\nMessage-ID: <later@contoso.com>\r\n\r\nx\r\n.\r\n']
  await converse('exchange-onprem', ehlo, from(bob.upn), to(alice.upn), to(erin), ...data)
  // The first attempt puts both off; of the second, a minute later, only one is taken, and the other by itself after it.
  await eventually(async () => expect((await refusals()).length).toBe(2))
  const afterAMinute = async () => {
    await lab.clock({ advance: 'PT61S' })
    return laterOf(erin)
  }
  await eventually(async () => expect(await afterAMinute()).toBe(1))
  await delivered('exchange-online', alice.upn, 'Later')
  expect((await refusals()).length).toBe(3)
  expect([await laterOf(alice.upn), await laterOf(erin)]).toEqual([1, 1])
  expect((await messagesOf('exchange-onprem', bob.upn)).some(({ subject }) => /Undeliverable/.test(subject))).toBe(
    false,
  )
})

const laterOf = async (upn: string) =>
  (await messagesOf('exchange-online', upn)).filter(({ subject }) => subject === 'Later').length

const refusals = async () => (await lab.journal()).filter(({ path, status }) => path === '/RCPT' && status === 451)
