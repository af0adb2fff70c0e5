import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { type Browser, openMailboxOf, testKeys } from '../_stage.ts'

const peggy = 'peggy@fabrikam.com'
const alice = 'alice@contoso.com'
const mailbox = `/ecp/UsersGroups/EditMailbox.aspx?id=${encodeURIComponent(peggy)}`
const groups = '/ecp/UsersGroups/DistributionGroups.slab'
const created = '/ecp/UsersGroups/NewDistributionGroup.aspx'
const group = `/ecp/UsersGroups/EditDistributionGroup.aspx?id=${encodeURIComponent('launch@contoso.com')}`
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
})
afterAll(() => keys.remove())

async function openPanel() {
  const stage = await openMailboxOf('admin@contoso.com', entra)
  await stage.person.get('/ecp/')
  return stage
}

function submit(person: Browser, form: string, returnTo: string, fields: Readonly<Record<string, string>>) {
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  return person.post('/ecp/command.ecp', { 'X-OWA-CANARY': canary, form, returnTo, ...fields })
}

test('a group is made, takes members in and out, and goes', async () => {
  await using stage = await openPanel()
  const { person } = stage
  const Identity = 'launch@contoso.com'
  const launch = { Name: 'Launch', PrimarySmtpAddress: Identity, Type: 'Security', Members: `${peggy}\r\n` }
  expect((await submit(person, 'newGroup', created, launch)).statusCode).toBe(303)
  expect((await person.get(groups)).body).toMatch(new RegExp(`${Identity}</td><td [^>]+>Security group</td>`))
  expect((await person.get('/ecp/UsersGroups/Mailboxes.slab?q=launch')).body).toContain('0 recipients')
  await submit(person, 'addGroupMember', group, { Identity, Member: alice })
  const twice = await submit(person, 'addGroupMember', group, { Identity, Member: alice })
  expect([twice.statusCode, twice.body.includes('already a member')]).toEqual([400, true])
  expect((await person.get(group)).body).toContain('2 members')
  await submit(person, 'removeGroupMember', group, { Identity, Member: peggy })
  await submit(person, 'changeGroup', group, { Identity, HiddenFromAddressListsEnabled: '1' })
  const { body } = await person.get(group)
  expect(body).toContain('>1 member<')
  expect(body).toContain('name="HiddenFromAddressListsEnabled" value="1" checked')
  expect(body).toContain('name="RequireSenderAuthenticationEnabled" value="1">')
  await submit(person, 'groupPeople', group, {
    Identity,
    ManagedBy: 'Alice Adams\r\n\r\npeggy@fabrikam.com',
    AcceptMessagesOnlyFromSendersOrMembers: alice,
  })
  const people = (await person.get(group)).body
  expect(people).toMatch(/name="ManagedBy"[^>]*>Alice Adams\nPeggy Patel</)
  expect(people).toMatch(/name="AcceptMessagesOnlyFromSendersOrMembers"[^>]*>Alice Adams</)
  expect((await submit(person, 'groupPeople', group, { Identity, ManagedBy: 'Nobody' })).statusCode).toBe(404)
  await submit(person, 'removeGroup', groups, { Identity })
  expect((await person.get(group)).statusCode).toBe(404)
})

test('a contact is made, changed, and goes', async () => {
  await using stage = await openPanel()
  const { person } = stage
  const contacts = '/ecp/UsersGroups/MailContacts.slab'
  const page = `/ecp/UsersGroups/EditMailContact.aspx?id=${encodeURIComponent('Olga Out')}`
  await submit(person, 'newContact', contacts, { Name: 'Olga Out', ExternalEmailAddress: 'olga@out.example' })
  expect((await person.get(contacts)).body).toMatch(/>Olga Out<\/a><\/th><td [^>]+>olga@out\.example</)
  const change = { Identity: 'Olga Out', DisplayName: 'Olga O.', ExternalEmailAddress: 'o@out.example' }
  expect((await submit(person, 'changeContact', page, change)).statusCode).toBe(303)
  const row = (await person.get(contacts)).body
  expect(row).toMatch(/>Olga O\.<\/a><\/th><td [^>]+>o@out\.example</)
  const [, id = ''] = /EditMailContact\.aspx\?id=([\w-]+)/.exec(row) ?? []
  expect((await submit(person, 'removeContact', contacts, { Identity: id })).statusCode).toBe(303)
  expect((await person.get(contacts)).body).toContain('The address book has no contacts.')
})

test('Full Access and Send As are given and taken away, also where they deny', async () => {
  await using stage = await openPanel()
  const { person, management } = stage
  const Identity = peggy
  const rows = async () =>
    [
      ...(await person.get(mailbox)).body.matchAll(
        /<th scope="row"[^>]*>([^<]*)<\/th><td [^>]+>([^<]*)<\/td><td [^>]+>([^<]*)</g,
      ),
    ].map((row) => row.slice(1).join(' '))
  expect(await rows()).toEqual([])
  await submit(person, 'grantFullAccess', mailbox, { Identity, User: alice, AutoMapping: '1' })
  await submit(person, 'grantSendAs', mailbox, { Identity, Trustee: alice })
  const Parameters = { Identity, User: 'erin@contoso.com', AccessRights: ['FullAccess'], Deny: true }
  const payload = { CmdletInput: { CmdletName: 'Add-MailboxPermission', Parameters } }
  await management.inject({ method: 'POST', url: '/cmdlets', payload })
  const all = [`${alice} FullAccess Allowed`, `${alice} SendAs Allowed`, 'erin@contoso.com FullAccess Denied']
  expect((await rows()).toSorted()).toEqual(all)
  const erin = { Identity, User: 'erin@contoso.com', AccessRights: 'FullAccess' }
  await submit(person, 'revokeAccess', mailbox, { ...erin, Deny: '' })
  expect(await rows()).toHaveLength(3)
  await submit(person, 'revokeAccess', mailbox, { ...erin, Deny: '1' })
  await submit(person, 'revokeSendAs', mailbox, { Identity, Trustee: alice, Deny: '' })
  expect(await rows()).toEqual([`${alice} FullAccess Allowed`])
  expect((await submit(person, 'grantFullAccess', mailbox, { Identity, User: 'nobody' })).statusCode).toBe(404)
})
