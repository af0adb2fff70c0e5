import { execFile } from 'node:child_process'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

type Place = 'exchange-online' | 'exchange-onprem'

interface Conversation {
  readonly code: number
  /** Both sides, as swaks prints them; what is its own hint is left out. */
  readonly lines: string
}

/** "Swiss Army Knife for SMTP" of Debian, which speaks the protocol itself. */
async function swaks(place: Place, args: readonly string[]): Promise<Conversation> {
  const { host, port } = stack.smtp(place)
  const given = ['--server', host, '--port', String(port), '--ehlo', 'sender.example', '--timeout', '300', ...args]
  return new Promise((resolve) => {
    execFile('swaks', given, { env: { ...process.env, LC_ALL: 'C' } }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), lines: `${stdout}${stderr}` }),
    )
  })
}

async function arrived(deployment: Place, upn: string, subject: string): Promise<string> {
  return JSON.stringify(await lab.arrival(deployment, upn, subject))
}

const signedIn = (person: { upn: string; password: string }, method: string) => [
  ...['--auth', method, '--auth-user', person.upn, '--auth-password', person.password],
]

test.each([
  { place: 'exchange-online', person: peggy },
  { place: 'exchange-onprem', person: bob },
] as const)('swaks brings mail to $place under STARTTLS and without', async ({ place, person }) => {
  for (const security of [['--tls'], []]) {
    const subject = `By swaks ${security.join('')}`
    const header = ['--header', `Subject: ${subject}`, '--body', 'Hello']
    const spoken = await swaks(place, ['--from', 'a@elsewhere.example', '--to', person.upn, ...header, ...security])
    expect(spoken.code, spoken.lines).toBe(0)
    expect(spoken.lines).toMatch(/^<[~-]\s+220 .*Microsoft ESMTP MAIL Service ready/m)
    expect(spoken.lines).toMatch(/^<[~-]\s+250 2\.6\.0 <.+> Queued mail for delivery/m)
    expect(await arrived(place, person.upn, subject)).toContain(subject)
  }
})

test.each(['LOGIN', 'PLAIN'])('swaks submits with %s, to a mailbox of the other place', async (method) => {
  const to = ['--from', peggy.upn, '--to', bob.upn, '--header', 'Subject: Across']
  const spoken = await swaks('exchange-online', ['--tls', ...signedIn(peggy, method), ...to])
  expect(spoken.code, spoken.lines).toBe(0)
  expect(await arrived('exchange-onprem', bob.upn, 'Across')).toContain(peggy.upn)
})

test.each([
  { what: 'a password before TLS', args: signedIn(peggy, 'LOGIN'), says: /Host did not advertise authentication/ },
  { what: 'a wrong password', args: ['--tls', ...signedIn({ ...peggy, password: 'x' }, 'LOGIN')], says: /535 5\.7\.3/ },
  { what: 'relaying to outside', args: ['--tls', '--to', 'b@elsewhere.example'], says: /550 5\.7\.54/ },
  { what: 'nobody of the organization', args: ['--tls', '--to', 'nobody@contoso.com'], says: /550 5\.1\.10/ },
])('swaks is refused with $what', async ({ args, says }) => {
  const to = args.includes('--to') ? [] : ['--to', alice.upn]
  const spoken = await swaks('exchange-online', ['--from', 'a@elsewhere.example', ...to, ...args])
  expect(spoken.code, spoken.lines).not.toBe(0)
  expect(spoken.lines).toMatch(says)
})
