import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { type Browser, openMailboxOf, testKeys } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'

const admin = 'admin@contoso.com'
const peggy = 'peggy@fabrikam.com'
const mailbox = `/ecp/UsersGroups/EditMailbox.aspx?id=${encodeURIComponent(peggy)}`
const rules = '/ecp/MobileDevices/AccessRules.slab'
const policies = '/ecp/Organization/AuthenticationPolicies.slab'
let keys: Awaited<ReturnType<typeof testKeys>>
let entra: SigningKey

beforeAll(async () => {
  keys = await testKeys()
  entra = await keys.key('Entra')
})
afterAll(() => keys.remove())

async function openPanel(person = admin) {
  const stage = await openMailboxOf(person, entra)
  await stage.person.get('/ecp/')
  return stage
}

function submit(person: Browser, form: string, returnTo: string, fields: Readonly<Record<string, string>> = {}) {
  const canary = person.cookie('X-OWA-CANARY') ?? ''
  return person.post('/ecp/command.ecp', { 'X-OWA-CANARY': canary, form, returnTo, ...fields })
}

test('an administrator finds a mailbox, switches its protocols, and sees the cmdlet that ran', async () => {
  await using stage = await openPanel()
  const { person } = stage
  const { body } = await person.get('/ecp/')
  expect(body).toContain('Manage the organization')
  for (const page of ['automaticreply', 'regional', 'messages', 'categories', 'mobiledevices'])
    expect(body).toContain(`href="/owa/?path=%2foptions%2f${page}"`)
  const list = (await person.get('/ecp/UsersGroups/Mailboxes.slab?q=PEGGY')).body
  expect(list).toContain('>1 recipient<')
  expect(list).toContain('EditMailbox.aspx?id=peggy%40fabrikam.com')
  const answer = await submit(person, 'features', mailbox, { Identity: peggy, OWAEnabled: '1', ActiveSyncEnabled: '1' })
  expect([answer.statusCode, answer.headers.location]).toEqual([303, `${mailbox}&ran=1`])
  const shown = (await person.get(`${mailbox}&ran=1`)).body
  expect(shown).toContain('Set-CASMailbox -Identity &#39;peggy@fabrikam.com&#39; -OWAEnabled:$true -ECPEnabled:$false')
  expect(shown).toContain('name="OWAEnabled" value="1" checked')
  expect(shown).toContain('name="ImapEnabled" value="1">')
  expect((await person.get('/ecp/CommandLogging.aspx')).body).toContain('Set-CASMailbox -Identity')
})

test('policies are made, changed, assigned, and not deleted while somebody has them', async () => {
  await using stage = await openPanel()
  const { person } = stage
  await submit(person, 'newPolicy', policies, { Name: 'Block <Basic>' })
  const page = '/ecp/Organization/EditAuthenticationPolicy.aspx?id=Block+%3CBasic%3E'
  await submit(person, 'changePolicy', page, { Identity: 'Block <Basic>', AllowBasicAuthSmtp: '1' })
  expect((await person.get(policies)).body).toContain('>AllowBasicAuthSmtp</td>')
  await submit(person, 'userPolicy', mailbox, { Identity: peggy, AuthenticationPolicy: 'Block <Basic>' })
  expect((await person.get(mailbox)).body).toContain('value="Block &lt;Basic&gt;" selected')
  const refused = await submit(person, 'removePolicy', policies, { Identity: 'Block <Basic>' })
  expect(refused.statusCode).toBe(400)
  expect(refused.body).toMatch(/data-testid="problem">[^<]*Block &lt;Basic&gt;/)
  expect(refused.body).toContain('role="alert"')
  await submit(person, 'userPolicy', mailbox, { Identity: peggy, AuthenticationPolicy: '' })
  expect((await submit(person, 'removePolicy', policies, { Identity: 'Block <Basic>' })).statusCode).toBe(303)
})

test('access rules, the default level and a quota are kept', async () => {
  await using stage = await openPanel()
  const { person } = stage
  const rule = { Characteristic: 'DeviceType', QueryString: 'iPad', AccessLevel: 'Quarantine' }
  await submit(person, 'newRule', rules, rule)
  await submit(person, 'changeRule', rules, { Identity: 'iPad (DeviceType)', AccessLevel: 'Block' })
  await submit(person, 'defaultAccess', rules, { DefaultAccessLevel: 'Quarantine', AdminMailRecipients: admin })
  const { body } = await person.get(rules)
  expect(body).toMatch(/>iPad \(DeviceType\)<\/th><td [^>]+>Block<\/td>/)
  expect(body).toContain('<option value="Quarantine" selected>')
  await submit(person, 'quota', mailbox, { Identity: peggy, ProhibitSendReceiveQuota: '2 GB' })
  expect((await person.get(mailbox)).body).toContain('value="2 GB (2,147,483,648 bytes)"')
  expect(
    (await submit(person, 'quota', mailbox, { Identity: peggy, ProhibitSendReceiveQuota: 'much' })).statusCode,
  ).toBe(400)
})

test('others are refused pages and commands, and find no way in; an administrator can let them in and out', async () => {
  await using stage = await openPanel(peggy)
  const { person, management } = stage
  expect((await person.get('/ecp/')).body).not.toContain('Manage the organization')
  expect((await person.get(mailbox)).statusCode).toBe(403)
  expect(
    (await submit(person, 'quota', mailbox, { Identity: peggy, ProhibitSendReceiveQuota: '1GB' })).statusCode,
  ).toBe(403)
  const payload = (verb: string) => ({
    CmdletInput: {
      CmdletName: `${verb}-RoleGroupMember`,
      Parameters: { Identity: 'Organization Management', Member: peggy },
    },
  })
  await management.inject({ method: 'POST', url: '/cmdlets', payload: payload('Add') })
  expect((await person.get(mailbox)).statusCode).toBe(200)
  await management.inject({ method: 'POST', url: '/cmdlets', payload: payload('Remove') })
  expect((await person.get(mailbox)).statusCode).toBe(403)
})

const menu = (body: string) => [...body.matchAll(/<li><a href="[^"]+"[^>]*>([^<]+)</g)].map(([, name]) => name)
const forms = (body: string) => [...body.matchAll(/data-testid="(\w+)"/g)].map(([, name]) => name)

test.each([
  {
    group: 'View-Only Organization Management',
    sees: /^Mailboxes,Migration,Groups,Contacts,Administrators,Mobile devices,Device access rules,Authentication policies,Configuration,Message trace,Command log$/,
    changes: [],
    may: undefined,
    mayNot: ['newPolicy', policies, { Name: 'x' }],
  },
  {
    group: 'Recipient Management',
    sees: /^Mailboxes,New mailbox,Migration,Groups,New group,Contacts,Mobile devices,Message trace,Command log$/,
    changes: ['features', 'quota', 'grantFullAccess', 'grantSendAs', 'forwarding'],
    may: ['quota', mailbox, { Identity: peggy, ProhibitSendReceiveQuota: '1 GB' }],
    mayNot: ['userPolicy', policies, { Identity: peggy, AuthenticationPolicy: '' }],
  },
  {
    group: 'Help Desk',
    sees: /^Mailboxes,Groups,Contacts,Mobile devices,Command log$/,
    changes: [],
    may: undefined,
    mayNot: ['quota', mailbox, { Identity: peggy, ProhibitSendReceiveQuota: '1 GB' }],
  },
] as const)('$group sees its pages and forms of the panel, and no others', async (expected) => {
  await using stage = await openPanel(peggy)
  const { person, management } = stage
  const Parameters = { Identity: expected.group, Member: peggy }
  const payload = { CmdletInput: { CmdletName: 'Add-RoleGroupMember', Parameters } }
  await management.inject({ method: 'POST', url: '/cmdlets', payload })
  expect((await person.get('/ecp/')).body).toContain('Manage the organization')
  const shown = await person.get(mailbox)
  expect([shown.statusCode, menu(shown.body).join()]).toEqual([200, expect.stringMatching(expected.sees)])
  expect(forms(shown.body).filter((name) => /features|quota|grant|forwarding|userPolicy/.test(name ?? ''))).toEqual(
    expected.changes,
  )
  const [form, page, fields] = expected.mayNot
  const refused = await submit(person, form, page, fields)
  expect([refused.statusCode, refused.body]).toEqual([403, expect.stringContaining('none of your role groups')])
  if (expected.may) expect((await submit(person, ...expected.may)).statusCode).toBe(303)
})

test('a page that a role group lacks is refused as a page', async () => {
  await using stage = await openPanel(peggy)
  const { person, management } = stage
  const Parameters = { Identity: 'Help Desk', Member: peggy }
  await management.inject({
    method: 'POST',
    url: '/cmdlets',
    payload: { CmdletInput: { CmdletName: 'Add-RoleGroupMember', Parameters } },
  })
  for (const page of [policies, rules, '/ecp/UsersGroups/NewMailbox.aspx', '/ecp/UsersGroups/AdminRoleGroups.slab'])
    expect([page, (await person.get(page)).statusCode]).toEqual([page, 403])
})

test('commands need the canary, a form and a page of the panel; what is not there is said', async () => {
  await using stage = await openPanel()
  const { person } = stage
  const forged = await person.post('/ecp/command.ecp', { form: 'newPolicy', returnTo: policies, Name: 'Forged' })
  expect(forged.statusCode).toBe(449)
  expect((await submit(person, 'constructor', policies)).statusCode).toBe(400)
  expect((await submit(person, 'newPolicy', 'https://evil.example/', { Name: 'x' })).statusCode).toBe(400)
  expect((await person.get(policies)).body).toContain('There is no policy')
  expect((await person.get('/ecp/UsersGroups/EditMailbox.aspx?id=nobody')).statusCode).toBe(404)
  expect((await person.get('/ecp/VDirMgmt/VirtualDirectories.slab')).statusCode).toBe(501)
})

test('on-premises the panel also switches the sign-in of both directories', async () => {
  await using stage = await openOffice()
  const run = (CmdletName: string, Parameters: object) =>
    stage.management.inject({ method: 'POST', url: '/cmdlets', payload: { CmdletInput: { CmdletName, Parameters } } })
  for (const name of ['owa', 'ecp'])
    await run(`Set-${name}VirtualDirectory`, {
      Identity: `${name} (Default Web Site)`,
      AdfsAuthentication: false,
      FormsAuthentication: true,
    })
  await run('Add-RoleGroupMember', { Identity: 'Organization Management', Member: 'bob@contoso.com' })
  const person = stage.browser('mail.contoso.com')
  const form = {
    destination: 'https://mail.contoso.com/ecp/',
    flags: '4',
    username: 'bob@contoso.com',
    password: 'right',
  }
  await person.post('/owa/auth.owa', form)
  await person.get('/ecp/')
  const page = '/ecp/VDirMgmt/VirtualDirectories.slab'
  expect((await person.get(page)).body).toContain('name="FormsAuthentication" value="1" checked')
  const identity = { Identity: 'owa (Default Web Site)', AdfsAuthentication: '1' }
  expect((await submit(person, 'owaDirectory', page, identity)).statusCode).toBe(303)
  expect((await person.get('/owa/')).headers.location).toContain('https://adfs.contoso.com/adfs/ls/')
})
