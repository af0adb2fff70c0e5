import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { answersOf, startPython } from '../actors/foreign-program.ts'
import { bob } from '../actors/people.ts'
import { userAgents } from '../actors/web-view.ts'

const realm = encodeURIComponent('https://mail.contoso.com/owa/')
const wia = `https://adfs.contoso.com/adfs/ls/wia?wa=wsignin1.0&wtrealm=${realm}`
const open = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = open.use(await startStack())
})

afterAll(() => open.disposeAsync())

async function signIn(password: string) {
  const place = { gateway: stack.proxy('corp'), ca: stack.authority.caFile }
  const settings = { url: wia, user: 'CONTOSO\\bob', password, agent: userAgents.edgeWindows }
  await using program = startPython(place, 'ntlm_sign_in.py', [JSON.stringify(settings)])
  const [answer] = await answersOf(program)
  return answer
}

test('requests-ntlm signs in with NTLM', async () => {
  expect(await signIn(bob.password)).toMatchObject({
    status: 200,
    cookies: expect.arrayContaining(['MSISAuth']),
    page: expect.stringContaining('urn:federation:authentication:windows'),
  })
})

test('a wrong password gets no session', async () => {
  const answer = await signIn('Wrong-Pass1')
  expect(answer?.cookies).not.toContain('MSISAuth')
})

/** curl with the mechanism of gss-ntlmssp, whose accounts are in a file. */
async function negotiate(password: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ntlm-'))
  open.defer(() => rmSync(folder, { recursive: true }))
  const accounts = join(folder, 'accounts')
  writeFileSync(accounts, `CONTOSO:bob:${password}\n`, { mode: 0o600 })
  const env = { PATH: process.env.PATH, NTLM_USER_FILE: accounts, KRB5CCNAME: `FILE:${join(folder, 'none')}` }
  const surroundings = [
    '--proxy',
    stack.proxy('corp'),
    '--cacert',
    stack.authority.caFile,
    '-A',
    userAgents.edgeWindows,
  ]
  const { stdout } = await promisify(execFile)(
    'curl',
    ['-s', '-i', '-L', '-b', '', '--negotiate', '-u', ':', ...surroundings, wia],
    { env },
  )
  return stdout
}

test('gss-ntlmssp signs in with NTLM inside SPNEGO', async () => {
  const text = await negotiate(bob.password)
  expect(text).toContain('MSISAuth=')
  expect(text).toContain('urn:federation:authentication:windows')
})

test('a wrong password inside SPNEGO gets no session', async () => {
  expect(await negotiate('Wrong-Pass1')).not.toContain('MSISAuth=')
})
