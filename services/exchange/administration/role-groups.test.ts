import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runCmdlet } from '../_cmdlet.ts'
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

/** A phone whose id another phone has, too. */
async function keepDevice(mailbox_id: string): Promise<void> {
  const said = {
    device_type: 'Phone',
    user_agent: '',
    version: 161,
    information: '{}',
    first_sync_at: 0,
    last_sync_at: 0,
  }
  const policy = { offered_policy_key: 0, policy_key: 0, policy_hash: '', acknowledged_at: null, wipe: 'none' }
  const access = { access_state: 'Allowed', access_reason: 'Global', notice_id: null, last_key: 0 }
  const wipes = { wipe_requested_at: null, wipe_sent_at: null, wipe_acknowledged_at: null }
  const waits = { hierarchy: null, ping: null, sync_request: null }
  const row = { mailbox_id, device_id: 'SAME', ...said, ...policy, ...access, ...wipes, ...waits }
  await shell.stage.store.db.insertInto('device').values(row).execute()
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
/** What everybody may do with the own mailbox. */
const own = [
  ...['Get-Mailbox', 'Set-CASMailbox', 'Remove-MobileDevice', 'Clear-MobileDevice'],
  ...['Set-MailboxAutoReplyConfiguration', 'Get-MailboxStatistics'],
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
  expect((await invoke(member, 'Get-AuthenticationPolicy')).status).toBe(403)
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
    const expected = cmdlets.filter((name) => may.includes(name) || own.includes(name))
    expect(allowed).toEqual(expected)
    const offered = await exported(token)
    expect(cmdlets.filter((name) => offered.includes(name))).toEqual(expected)
  }
  await invoke(admin, 'Remove-RoleGroupMember', { Identity: group, Member: 'peggy@fabrikam.com' })
  expect((await invoke(member, 'Get-AuthenticationPolicy')).status).toBe(403)
})

test('a role group that is not there is not found', async () => {
  const admin = await ofPeggy({ wids: [roles.exchange] })
  expect((await invoke(admin, 'Get-RoleGroupMember', { Identity: 'Discovery Management' })).status).toBe(404)
})

describe('somebody without a role group', () => {
  const alice = 'alice@contoso.com'
  const asPeggy = async (name: string, parameters: object = {}) => invoke(await ofPeggy(), name, parameters)
  const found = (body: string) =>
    (JSON.parse(body).value as { UserPrincipalName?: string }[]).map(({ UserPrincipalName }) => UserPrincipalName)

  test('sees and sets the own mailbox, named or not', async () => {
    expect(found((await asPeggy('Get-Mailbox')).body)).toEqual(['peggy@fabrikam.com'])
    expect(found((await asPeggy('Get-Mailbox', { identity: 'peggy' })).body)).toEqual(['peggy@fabrikam.com'])
    const away = { AutoReplyState: 'Enabled', InternalMessage: 'away' }
    expect((await asPeggy('Set-MailboxAutoReplyConfiguration', away)).status).toBe(200)
    expect((await asPeggy('Get-MailboxAutoReplyConfiguration')).body).toContain('"away"')
    const sharing = { Identity: 'peggy@fabrikam.com:\\Calendar', User: alice, AccessRights: ['Reviewer'] }
    expect((await asPeggy('Add-MailboxFolderPermission', sharing)).status).toBe(200)
    expect((await asPeggy('Get-MobileDevice')).body).toContain('"value":[]')
    expect((await asPeggy('Set-Mailbox', { ForwardingSmtpAddress: 'p@elsewhere.example' })).status).toBe(200)
  })

  test.each([
    { name: 'Get-Mailbox', parameters: { Identity: alice }, status: 404 },
    { name: 'Get-Mailbox', parameters: { Identity: '*' }, status: 404 },
    {
      name: 'Set-MailboxAutoReplyConfiguration',
      parameters: { Identity: alice, AutoReplyState: 'Enabled' },
      status: 404,
    },
    { name: 'Get-MailboxFolderPermission', parameters: { Identity: `${alice}:\\Calendar` }, status: 404 },
    { name: 'Get-MailboxFolderPermission', parameters: { iDENTITY: alice }, status: 404 },
    { name: 'Get-MobileDevice', parameters: { Mailbox: alice }, status: 404 },
    { name: 'Clear-MobileDevice', parameters: { Identity: 'somebodys' }, status: 404 },
    { name: 'Remove-MobileDevice', parameters: {}, status: 400 },
    { name: 'Set-Mailbox', parameters: { ProhibitSendQuota: '1GB' }, status: 400 },
    { name: 'Set-CASMailbox', parameters: { EwsEnabled: true }, status: 400 },
    { name: 'Get-MailboxStatistics', parameters: { Database: 'DB1' }, status: 400 },
    { name: 'Get-Recipient', parameters: {}, status: 403 },
    {
      name: 'Add-MailboxPermission',
      parameters: { Identity: 'peggy', User: alice, AccessRights: ['FullAccess'] },
      status: 403,
    },
    { name: 'Set-User', parameters: { Identity: 'peggy', AuthenticationPolicy: null }, status: 403 },
  ])('is answered $status to $name $parameters', async ({ name, parameters, status }) => {
    expect((await asPeggy(name, parameters)).status).toBe(status)
  })

  test('is nobody without a mailbox here', async () => {
    const token = await shell.tokenOf({ upn: 'bob@contoso.com', oid: tenantId, scp: 'Exchange.Manage' })
    expect((await invoke(token, 'Get-Mailbox')).status).toBe(403)
  })

  test('has the devices of the own mailbox alone, also where another has the same id', async () => {
    const owners = new Map<string, string>()
    for (const upn of ['peggy@fabrikam.com', alice]) {
      const [box] = await runCmdlet(shell.stage, 'Get-Mailbox', { Identity: upn })
      owners.set(upn, String(box?.ExchangeGuid))
    }
    for (const mailboxId of owners.values()) await keepDevice(mailboxId)
    expect((await asPeggy('Get-MobileDevice')).body.split('"DeviceId":"SAME"').length).toBe(2)
    expect((await asPeggy('Remove-MobileDevice', { Identity: 'SAME' })).status).toBe(200)
    const left = await runCmdlet(shell.stage, 'Get-MobileDevice')
    expect(left.map(({ UserDisplayName }) => UserDisplayName)).toEqual([expect.stringMatching(/Alice/)])
  })
})
