import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'
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

/** curl of a domain member: its own NTLM, or the mechanism of gss-ntlmssp, whose accounts are in a file. */
async function curlAs(password: string, scheme: string, args: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ntlm-'))
  open.defer(() => rmSync(folder, { recursive: true }))
  const accounts = join(folder, 'accounts')
  writeFileSync(accounts, `CONTOSO:bob:${password}\n`, { mode: 0o600 })
  const env = { PATH: process.env.PATH, NTLM_USER_FILE: accounts, KRB5CCNAME: `FILE:${join(folder, 'none')}` }
  const surroundings = ['--proxy', stack.proxy('corp'), '--cacert', stack.authority.caFile]
  const person = scheme === '--ntlm' ? `CONTOSO\\bob:${password}` : ':'
  const { stdout } = await promisify(execFile)(
    'curl',
    ['-s', '-i', '-L', '-b', '', scheme, '-u', person, '-A', userAgents.edgeWindows, ...surroundings, ...args],
    { env },
  )
  return stdout
}

function negotiate(password: string): Promise<string> {
  return curlAs(password, '--negotiate', [wia])
}

test('gss-ntlmssp signs in with NTLM inside SPNEGO', async () => {
  const text = await negotiate(bob.password)
  expect(text).toContain('MSISAuth=')
  expect(text).toContain('urn:federation:authentication:windows')
})

test('a wrong password inside SPNEGO gets no session', async () => {
  expect(await negotiate('Wrong-Pass1')).not.toContain('MSISAuth=')
})

test.each<Zone>(['corp', 'internet'])('exchangelib picks NTLM by itself and reads a mailbox from %s', async (zone) => {
  const place = { gateway: stack.proxy(zone), ca: stack.authority.caFile }
  const settings = { server: 'mail.contoso.com', mailbox: bob.upn, user: 'CONTOSO\\bob', password: bob.password }
  await using program = startPython(place, 'exchangelib_ntlm.py', [JSON.stringify(settings)])
  expect(await answersOf(program)).toEqual([{ isNtlm: true, inbox: 7, first: expect.any(String) }])
})

test.each(['--ntlm', '--negotiate'])('curl %s opens Exchange Web Services', async (scheme) => {
  const body =
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
  const type = ['-H', 'content-type: text/xml', '--data-raw', body]
  const ask = (password: string) => curlAs(password, scheme, [...type, 'https://mail.contoso.com/EWS/Exchange.asmx'])
  expect(await ask(bob.password)).toContain('<t:DisplayName>Inbox</t:DisplayName>')
  const refused = await ask('Wrong-Pass1')
  expect(refused).toContain('HTTP/1.1 401')
  expect(refused).not.toContain('Inbox')
})
