import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { labOf } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = open.use(await startStack())
})

afterAll(() => open.disposeAsync())

/** The conversation, line by line, and how it ended: swaks says so by its code. */
function swaks(...more: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const { host, port } = stack.smtp('exchange-onprem')
  const addresses = ['--from', bob.upn, '--to', 'dave@contoso.com', '--server', host, '--port', String(port)]
  return new Promise((resolve) => {
    execFile('swaks', [...addresses, ...more], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr })
    })
  })
}

const login = (password: string) => ['--auth-user', bob.upn, '--auth-password', password]
const trusted = () => ['--tls', '--tls-verify', '--tls-ca-path', stack.authority.caFile]

test.each(['LOGIN', 'PLAIN'])('STARTTLS, verified, and AUTH %s: the mail arrives', async (mechanism) => {
  const subject = `swaks ${mechanism}`
  const mail = ['--auth', mechanism, ...login(bob.password), '--header', `Subject: ${subject}`]
  const { code, text } = await swaks(...trusted(), ...mail)
  expect(text).toContain('250-ex1.contoso.com Hello [127.0.0.1]')
  expect(text).toMatch(/^<~ {2}235 /m)
  expect(code).toBe(0)
  await labOf(worldOf(stack)).arrival('exchange-onprem', 'dave@contoso.com', subject)
})

test('a wrong password is refused with 535', async () => {
  const { code, text } = await swaks(...trusted(), '--auth', 'LOGIN', ...login('Wrong-Pass1'))
  expect(text).toMatch(/^<~\* 535 5\.7\.3 /m)
  expect(code).toBe(28)
})

test('no password is taken in clear', async () => {
  const { code, text } = await swaks('--auth', 'PLAIN', ...login(bob.password))
  expect(text).not.toMatch(/ 235 /)
  expect(code).toBe(28)
})
