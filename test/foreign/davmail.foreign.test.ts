import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { type DavMail, startDavMail } from '../actors/davmail.ts'
import { alice, bob, peggy } from '../actors/people.ts'

/* A mail program that speaks IMAP, POP, SMTP or LDAP to DavMail, and DavMail the web services of Exchange. */

const dave = { upn: 'dave@contoso.com', password: 'Dave-Pass4' }
const open = new AsyncDisposableStack()
// DavMail's own, as it comes.
const appId = 'facd6cff-a294-4415-b59f-c5b01937d7bd'
let onPremises: DavMail
let online: DavMail

beforeAll(async () => {
  const stack = open.use(await startStack({ scenario: await withDavMail() }))
  const ca = stack.authority.caFile
  const url = 'https://mail.contoso.com/EWS/Exchange.asmx'
  const cloud = 'https://outlook.office365.com/EWS/Exchange.asmx'
  onPremises = open.use(
    await startDavMail({ gateway: stack.proxy('corp'), ca }, { 'davmail.mode': 'EWS', 'davmail.url': url }),
  )
  online = open.use(
    await startDavMail({ gateway: stack.proxy('internet'), ca }, { 'davmail.mode': 'O365', 'davmail.url': cloud }),
  )
})

/** A tenant that has consented to it. */
async function withDavMail() {
  const scenario = await loadDefaultScenario()
  const { applications } = scenario.entra
  const [desktop] = applications
  if (!desktop) throw new Error('the scenario has no application')
  const application = {
    ...desktop,
    displayName: 'DavMail',
    appId,
    redirectUris: {
      ...desktop.redirectUris,
      publicClient: ['https://login.microsoftonline.com/common/oauth2/nativeclient'],
    },
    requiredScopes: ['https://outlook.office365.com/EWS.AccessAsUser.All'],
    adminConsented: true,
  }
  return { ...scenario, entra: { ...scenario.entra, applications: [...applications, application] } }
}

afterAll(() => open.disposeAsync())

/** curl without a proxy; what is sent comes from its standard input. */
async function curl(who: { upn: string; password: string }, args: readonly string[], input = ''): Promise<string> {
  const all = ['-s', '-S', '--noproxy', '*', '--max-time', '30', '-u', `${who.upn}:${who.password}`, ...args]
  const running = promisify(execFile)('curl', all)
  running.child.stdin?.end(input)
  return (await running).stdout
}

const imap = (folder: string, command: string, who: { upn: string; password: string } = bob) =>
  curl(who, [`${onPremises.urls.imap}/${folder}`, '-X', command])

const message = (subject: string, from = bob.upn as string) =>
  `From: ${from}\r\nTo: ${dave.upn}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@contoso.com>\r\n\r\nhello\r\n`

test('IMAP: folders, counts, searches, a message with its attachment', async () => {
  const folders = await curl(bob, [`${onPremises.urls.imap}/`])
  for (const name of ['INBOX', 'Drafts', 'Sent', 'Trash', 'Junk']) expect(folders).toContain(`"${name}"`)
  expect(await imap('INBOX', 'STATUS INBOX (MESSAGES UNSEEN)')).toContain('(MESSAGES 7 UNSEEN 3)')
  expect(await imap('INBOX', 'SEARCH UNSEEN')).toMatch(/SEARCH 1 2 3\r/)
  expect(await imap('INBOX', 'SEARCH SUBJECT Rechnung')).toMatch(/SEARCH 2\r/)
  const mail = await curl(bob, [`${onPremises.urls.imap}/INBOX;MAILINDEX=2`])
  expect(mail).toContain('filename=rechnung-2026-0117.csv')
})

test('IMAP: flags, a draft, a folder made, filled, renamed and deleted', async () => {
  await imap('INBOX', 'STORE 3 +FLAGS (\\Seen \\Flagged)')
  expect(await imap('INBOX', 'FETCH 3 (FLAGS)')).toMatch(/\\Seen.*\\Flagged|\\Flagged.*\\Seen/)
  // curl must know how long it is before it sends the first byte.
  const folder = mkdtempSync(join(tmpdir(), 'draft-'))
  open.defer(() => rmSync(folder, { recursive: true }))
  const draft = join(folder, 'draft.eml')
  writeFileSync(draft, message('appended'))
  await curl(bob, ['-T', draft, `${onPremises.urls.imap}/Drafts`])
  expect(await imap('Drafts', 'FETCH 1:* (ENVELOPE)')).toContain('appended')
  await imap('', 'CREATE Projects')
  await imap('INBOX', 'COPY 2 Projects')
  expect(await imap('', 'STATUS Projects (MESSAGES)')).toContain('(MESSAGES 1)')
  await imap('', 'RENAME Projects Work')
  expect(await curl(bob, [`${onPremises.urls.imap}/`])).toContain('"Work"')
  await imap('', 'DELETE Work')
  expect(await curl(bob, [`${onPremises.urls.imap}/`])).not.toContain('"Work"')
  expect(await imap('INBOX', 'STATUS INBOX (MESSAGES)')).toContain('(MESSAGES 7)')
})

test('SMTP: a message is sent, kept, and read by the other with POP', async () => {
  const way = ['--mail-from', bob.upn, '--mail-rcpt', dave.upn, '--login-options', 'AUTH=LOGIN', '-T', '-']
  await curl(bob, [onPremises.urls.smtp, ...way], message('sent-through-davmail'))
  expect(await imap('Sent', 'SEARCH SUBJECT sent-through-davmail')).toMatch(/SEARCH \d+/)
  expect(await imap('INBOX', 'SEARCH SUBJECT sent-through-davmail', dave)).toMatch(/SEARCH \d+/)
  const list = await curl(dave, [`${onPremises.urls.pop}/`])
  const last = list.trim().split('\n').at(-1)?.split(' ')[0]
  expect(await curl(dave, [`${onPremises.urls.pop}/${last}`])).toContain('sent-through-davmail')
})

test('LDAP: people of the directory', async () => {
  const found = await curl(bob, [`${onPremises.urls.ldap}/ou=people?cn,mail?sub?(cn=dave*)`])
  expect(found).toContain('mail: dave@contoso.com')
})

test('a wrong password gets in nowhere', async () => {
  const wrong = { upn: bob.upn, password: 'Wrong-Pass1' }
  await expect(curl(wrong, [`${onPremises.urls.imap}/`])).rejects.toThrow(/[Ll]ogin denied/)
})

// It reads the sign-in pages of Entra ID and AD FS as a browser's script would, and posts what they ask for.
test.each([peggy, alice])('online as $upn: signs in on the pages, with a token for the mailbox', async (person) => {
  const list = await curl(person, [`${online.urls.imap}/INBOX`, '-X', 'FETCH 1:* (ENVELOPE)'])
  expect(list).toMatch(/\* 2 FETCH/)
  const way = ['--mail-from', person.upn, '--mail-rcpt', 'erin@contoso.com', '--login-options', 'AUTH=LOGIN', '-T', '-']
  await curl(person, [online.urls.smtp, ...way], message('from-the-cloud', person.upn))
  expect(await curl(person, [`${online.urls.imap}/Sent`, '-X', 'SEARCH SUBJECT from-the-cloud'])).toMatch(/SEARCH \d+/)
})

test('online, a wrong password gets in nowhere', async () => {
  const wrong = { upn: peggy.upn, password: 'Wrong-Pass1' }
  await expect(curl(wrong, [`${online.urls.imap}/`])).rejects.toThrow(/[Ll]ogin denied/)
})
