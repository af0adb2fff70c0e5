import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
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

interface Login {
  readonly user: string
  readonly pass: string
}

async function send(place: Place, message: { from: string; to: string; subject: string; text?: string }, auth?: Login) {
  const transport = createTransport({
    ...stack.smtp(place),
    requireTLS: true,
    tls: {
      ca: stack.authority.caPem,
      servername: place === 'exchange-online' ? 'outlook.office365.com' : 'mail.contoso.com',
    },
    ...(auth && { auth }),
  })
  try {
    return (await transport.sendMail({ text: 'Hello', ...message })).response
  } finally {
    transport.close()
  }
}

const loginOf = ({ upn, password }: { upn: string; password: string }): Login => ({ user: upn, pass: password })

async function subjects(deployment: Place, upn: string): Promise<readonly string[]> {
  const { status, json } = await lab.call('GET', `/api/exchange/${deployment}/mailboxes/${upn}/messages`)
  expect(status).toBe(200)
  return (json as { messages: { subject: string }[] }).messages.map(({ subject }) => subject)
}

/** Waits for it: the other side takes its time. */
async function arrived(deployment: Place, upn: string, subject: string): Promise<boolean> {
  return (await lab.arrival(deployment, upn, subject)).subject === subject
}

test('mail from outside reaches mailboxes on both sides, whichever of them takes it', async () => {
  expect(
    await send('exchange-online', { from: 'a@elsewhere.example', to: peggy.upn, subject: 'To the cloud' }),
  ).toMatch(/^250 2\.6\.0 <.+> Queued mail for delivery/)
  expect(await subjects('exchange-online', peggy.upn)).toContain('To the cloud')
  await send('exchange-online', { from: 'a@elsewhere.example', to: bob.upn, subject: 'Over to the server' })
  expect(await arrived('exchange-onprem', bob.upn, 'Over to the server')).toBe(true)
  await send('exchange-onprem', { from: 'a@elsewhere.example', to: alice.upn, subject: 'Over to the cloud' })
  expect(await arrived('exchange-online', alice.upn, 'Over to the cloud')).toBe(true)
})

test.each([
  { what: 'an unknown recipient', to: 'nobody@contoso.com', says: /550 5\.1\.10/ },
  { what: 'relaying to outside without signing in', to: 'a@elsewhere.example', says: /550 5\.7\.54/ },
  { what: 'a wrong password', to: alice.upn, auth: { user: peggy.upn, pass: 'wrong' }, says: /535 5\.7\.3/ },
  { what: 'sending as another', to: alice.upn, auth: loginOf(peggy), says: /550 5\.7\.60/ },
])('$what is refused', async ({ to, auth, says }) => {
  const message = { from: 'a@elsewhere.example', to, subject: 'Refused' }
  await expect(send('exchange-online', message, auth)).rejects.toThrow(says)
})

test('people send to outside once they signed in; it waits in the outbox', async () => {
  const message = { from: peggy.upn, to: 'a@elsewhere.example', subject: 'Out' }
  await send('exchange-online', message, loginOf(peggy))
  const { json } = await lab.call('GET', '/api/exchange/exchange-online/outbox')
  const [sent] = (json as { messages: { from: string; to: string[]; mime: string }[] }).messages
  expect(sent).toMatchObject({ from: peggy.upn, to: ['a@elsewhere.example'] })
  expect(Buffer.from(sent?.mime ?? '', 'base64').toString()).toContain('Subject: Out')
})

test('policies end submission with a password: for Basic, and for the mailbox', async () => {
  const message = { from: peggy.upn, to: alice.upn, subject: 'Submitted' }
  const cmdlet = (CmdletName: string, Parameters: object) =>
    lab.call('POST', '/api/exchange/cmdlets', { deployment: 'exchange-online', CmdletName, Parameters })
  await cmdlet('Set-CASMailbox', { Identity: peggy.upn, SmtpClientAuthenticationDisabled: true })
  await expect(send('exchange-online', message, loginOf(peggy))).rejects.toThrow(/5\.7\.139.*SmtpClientAuthentication/)
  await cmdlet('New-AuthenticationPolicy', { Name: 'Block' })
  await cmdlet('Set-User', { Identity: peggy.upn, AuthenticationPolicy: 'Block' })
  await expect(send('exchange-online', message, loginOf(peggy))).rejects.toThrow(/5\.7\.139.*basic authentication/)
})

test('a message larger than the limit is refused, and a password before TLS is not offered', async () => {
  const large = { from: 'a@elsewhere.example', to: bob.upn, subject: 'Large', text: 'x\r\n'.repeat(13_000_000) }
  await expect(send('exchange-onprem', large)).rejects.toThrow(/552|exceeds/)
  const plain = createTransport({
    ...stack.smtp('exchange-online'),
    ignoreTLS: true,
    forceAuth: true,
    auth: loginOf(peggy),
  })
  await expect(plain.sendMail({ from: peggy.upn, to: alice.upn, text: 'x' })).rejects.toThrow(/Invalid login: 5/)
  plain.close()
})

test('what cannot be delivered comes back to the sender as a report', async () => {
  const full = await lab.call('PUT', `/api/exchange/exchange-online/mailboxes/${alice.upn}/quota`, { bytes: 1 })
  expect(full.status).toBe(200)
  await send('exchange-online', { from: peggy.upn, to: alice.upn, subject: 'No room' }, loginOf(peggy))
  expect(await subjects('exchange-online', peggy.upn)).toContain('Undeliverable: No room')
})

test('the journal tells who sent what, without the password', async () => {
  await send('exchange-online', { from: peggy.upn, to: alice.upn, subject: 'Told' }, loginOf(peggy))
  const hops = (await lab.journal()).filter(({ method }) => method === 'SMTP')
  expect(hops.map(({ path, status, user }) => ({ path, status, user }))).toEqual([
    { path: '/AUTH', status: 235, user: peggy.upn },
    { path: '/DATA', status: 250, user: peggy.upn },
  ])
  expect(JSON.stringify(hops)).not.toContain(peggy.password)
})

test('the lab brings a message, wakes who waits for it, hands it out byte by byte and purges the folder', async () => {
  const path = `/api/exchange/exchange-onprem/mailboxes/${bob.upn}`
  const eml = Buffer.from('From: A <a@x.example>\nSubject: Brought\n\n\xff\x00 bytes, line feeds alone\n', 'latin1')
  const waiting = lab.call(
    'GET',
    `${path}/wait?${new URLSearchParams({ subject: 'brought', from: 'a@x.example', timeoutMs: '60000' })}`,
  )
  const brought = await lab.call('POST', `${path}/messages`, { mime: eml.toString('base64') })
  expect(brought.status).toBe(200)
  const { id } = brought.json as { id: string }
  const woken = await waiting
  expect([woken.status, (woken.json as { message: { id: string } }).message.id]).toEqual([200, id])
  const { json } = await lab.call('GET', `${path}/messages/${id}`)
  expect(Buffer.from((json as { mime: string }).mime, 'base64')).toEqual(eml)
  await lab.call('DELETE', `${path}/messages`)
  expect(await subjects('exchange-onprem', bob.upn)).toEqual([])
  expect((await lab.call('GET', `${path}/messages/${id}`)).status).toBe(404)
})

test.each([
  { what: 'nothing comes', ask: ['GET', `${bob.upn}/wait?timeoutMs=0&subject=never`], status: 502 },
  { what: 'nobody of that name', ask: ['GET', 'nobody@contoso.com/messages'], status: 404 },
  { what: 'a folder that no mailbox has', ask: ['GET', `${bob.upn}/messages?folder=attic`], status: 400 },
  { what: 'what is no base64', ask: ['POST', `${bob.upn}/messages`, { mime: '!' }], status: 400 },
] as const)('the lab says so where there is $what', async ({ ask: [method, path, body], status }) => {
  expect((await lab.call(method, `/api/exchange/exchange-onprem/mailboxes/${path}`, body)).status).toBe(status)
})
