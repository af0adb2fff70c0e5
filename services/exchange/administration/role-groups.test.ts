import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { exchangeAdministrator, openShell, type Shell, tenantId } from './_shell.ts'

const roles = {
  exchange: exchangeAdministrator,
  reader: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
  recipients: '31392ffb-586c-42d1-9346-e59415a2cc4e',
  helpDesk: '729827e3-9c14-49f7-bb1b-9608f156bbb8',
} as const
let shell: Shell
const open = new AsyncDisposableStack()

beforeAll(async () => {
  shell = open.use(await openShell())
})
afterEach(() => shell.stage.reset())
afterAll(() => open.disposeAsync())

const invoke: Shell['invoke'] = (...given) => shell.invoke(...given)
/** Of an application, or of peggy. */
const ofApp = (claims: object) =>
  shell.tokenOf({ appid: 'app', oid: '5a1b0000-0000-4000-8000-000000000001', ...claims })
function ofPeggy(claims: object = {}) {
  const peggy = shell.stage.scenario.users.find(({ userPrincipalName }) => userPrincipalName === 'peggy@fabrikam.com')
  return shell.tokenOf({ upn: 'peggy@fabrikam.com', oid: peggy?.entraObjectId, scp: 'Exchange.Manage', ...claims })
}

async function exported(token: string): Promise<readonly string[]> {
  const url = '/adminapi/v1.0/contoso.com/EXOModuleFile?Version=3.9.2'
  return String(JSON.parse((await shell.send(token, { url })).body).value[0].exportedCmdlets).split(',')
}

const manageAsApp = { roles: ['Exchange.ManageAsApp'] }

test.each([
  { what: 'the permission and a directory role', claims: { ...manageAsApp, wids: [roles.exchange] }, status: 200 },
  { what: 'the permission alone', claims: manageAsApp, status: 403 },
  { what: 'a directory role alone', claims: { wids: [roles.exchange] }, status: 401 },
  { what: 'another permission', claims: { roles: ['full_access_as_app'], wids: [roles.exchange] }, status: 401 },
  { what: 'a role that is none of Exchange', claims: { ...manageAsApp, wids: [tenantId] }, status: 403 },
])('an application with $what is answered $status', async ({ claims, status }) => {
  expect((await invoke(await ofApp(claims), 'Get-OrganizationConfig')).status).toBe(status)
})

const cmdlets = [
  'Get-Mailbox',
  'Get-OrganizationConfig',
  'Get-AuthenticationPolicy',
  'Set-OrganizationConfig',
  'New-AuthenticationPolicy',
  'Add-RoleGroupMember',
  'New-ActiveSyncDeviceAccessRule',
  'New-Mailbox',
  'Set-CASMailbox',
  'Remove-MobileDevice',
  'Clear-MobileDevice',
  'New-MoveRequest',
  'New-MigrationBatch',
  'Get-MessageTrace',
  'Set-MailboxAutoReplyConfiguration',
  'Get-MailboxStatistics',
]
const ofRecipients = cmdlets.filter((name) => !/Organization|Policy|RoleGroup|Rule/.test(name))
const table = [
  { group: 'Organization Management', role: roles.exchange, may: cmdlets },
  {
    group: 'View-Only Organization Management',
    role: roles.reader,
    may: cmdlets.filter((name) => name.startsWith('Get-')),
  },
  { group: 'Recipient Management', role: roles.recipients, may: ofRecipients },
  {
    group: 'Help Desk',
    role: roles.helpDesk,
    may: ['Get-Mailbox', 'Clear-MobileDevice', 'Set-MailboxAutoReplyConfiguration', 'Get-MailboxStatistics'],
  },
]

test.each(table)('$group, by directory role or as a member, may run just its own', async ({ group, role, may }) => {
  const admin = await ofPeggy({ wids: [roles.exchange] })
  const member = await ofPeggy()
  expect((await invoke(member, 'Get-Mailbox')).status).toBe(403)
  expect((await invoke(admin, 'Add-RoleGroupMember', { Identity: group, Member: 'peggy@fabrikam.com' })).status).toBe(
    200,
  )
  expect((await invoke(admin, 'Get-RoleGroupMember', { Identity: group })).body).toContain('peggy@fabrikam.com')
  for (const token of [await ofPeggy({ wids: [role] }), member]) {
    const allowed: string[] = []
    for (const name of cmdlets) {
      // A parameter that no cmdlet has: whoever may run it hears of that.
      const { status, headers } = await invoke(token, name, { Nonsense: 1 })
      const type = headers['x-exceptiontype']
      expect([name, status, type]).toEqual([
        name,
        ...(status === 400 ? [400, 'ParameterBindingException'] : [403, 'UnauthorizedAccessException']),
      ])
      if (status === 400) allowed.push(name)
    }
    expect(allowed).toEqual(may)
    const offered = await exported(token)
    expect(cmdlets.filter((name) => offered.includes(name))).toEqual(may)
  }
  await invoke(admin, 'Remove-RoleGroupMember', { Identity: group, Member: 'peggy@fabrikam.com' })
  expect((await invoke(member, 'Get-Mailbox')).status).toBe(403)
})

test('a role group that is not there is not found', async () => {
  const admin = await ofPeggy({ wids: [roles.exchange] })
  expect((await invoke(admin, 'Get-RoleGroupMember', { Identity: 'Discovery Management' })).status).toBe(404)
})
