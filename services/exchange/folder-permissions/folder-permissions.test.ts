import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { attemptCmdlet } from '../_cmdlet.ts'
import type { Stage } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'
import { idsIn, Soap, valuesIn } from '../web-services/_client.ts'
import { folderRoles, rightsOf, roleWith } from './folder-rights.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
let dave: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
  ;[bob, dave] = [new Soap(stage, 'bob'), new Soap(stage, 'dave')]
})
afterAll(() => open.disposeAsync())
afterEach(() => stage.reset())

const theirs = (folder: string) =>
  `<t:DistinguishedFolderId Id="${folder}"><t:Mailbox><t:EmailAddress>bob@contoso.com</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>`

function findTheirs(folder: string) {
  return dave.ask(
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ParentFolderIds>${theirs(folder)}</m:ParentFolderIds></m:FindItem>`,
  )
}

function makeTheirs(folder: string) {
  return dave.ask(
    `<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId>${theirs(folder)}</m:SavedItemFolderId><m:Items><t:CalendarItem><t:Subject>For Bob</t:Subject></t:CalendarItem></m:Items></m:CreateItem>`,
  )
}

const cmdlet = (name: string, parameters: object) => attemptCmdlet(stage, name, parameters)

const calendar = 'bob@contoso.com:\\Calendar'
const share = (AccessRights: readonly string[], Identity = calendar, User = 'dave@contoso.com') =>
  cmdlet('Add-MailboxFolderPermission', { Identity, User, AccessRights })

test('every role has rights of its own', () => {
  expect(folderRoles.map((role) => roleWith(rightsOf(role)))).toEqual(folderRoles)
  expect(roleWith(new Set(['ReadItems']))).toBeUndefined()
})

describe('another’s calendar by Exchange Web Services', () => {
  async function outcomes() {
    const [id = ''] = idsIn((await bob.create('<t:CalendarItem><t:Subject>Own</t:Subject></t:CalendarItem>')).text)
    const read = await findTheirs('calendar')
    const subject = '<t:Subject>Changed</t:Subject>'
    const field = `<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem>${subject}</t:CalendarItem></t:SetItemField>`
    const made = await makeTheirs('calendar')
    const [item, changed, deleted] = [await dave.get(id), await dave.update(id, field), await dave.delete(id)]
    return [read, item, made, changed, deleted].map(({ code }) => code)
  }

  test.each([
    ['None', 'ErrorAccessDenied', 'ErrorItemNotFound', 'ErrorAccessDenied', 'ErrorItemNotFound', 'ErrorItemNotFound'],
    [
      'AvailabilityOnly',
      'ErrorAccessDenied',
      'ErrorItemNotFound',
      'ErrorAccessDenied',
      'ErrorItemNotFound',
      'ErrorItemNotFound',
    ],
    ['Contributor', 'ErrorAccessDenied', 'ErrorItemNotFound', 'NoError', 'ErrorItemNotFound', 'ErrorItemNotFound'],
    ['Reviewer', 'NoError', 'NoError', 'ErrorAccessDenied', 'ErrorAccessDenied', 'ErrorAccessDenied'],
    ['Author', 'NoError', 'NoError', 'NoError', 'ErrorAccessDenied', 'ErrorAccessDenied'],
    ['Editor', 'NoError', 'NoError', 'NoError', 'NoError', 'NoError'],
  ])('%s: to read the list and an item, to make, change and delete', async (role, ...wanted) => {
    expect((await share([role])).status).toBe(200)
    expect(await outcomes()).toEqual(wanted)
    expect((await findTheirs('inbox')).code, 'other folders stay their owner’s').toBe('ErrorAccessDenied')
  })

  test('what is taken away, and what everybody gets, counts at once', async () => {
    await share(['Reviewer'])
    await cmdlet('Remove-MailboxFolderPermission', { Identity: calendar, User: 'dave@contoso.com' })
    expect((await findTheirs('calendar')).code).toBe('ErrorAccessDenied')
    const everybody = { Identity: calendar, User: 'Default', AccessRights: ['Reviewer'] }
    expect((await cmdlet('Set-MailboxFolderPermission', everybody)).status).toBe(200)
    expect((await findTheirs('calendar')).code).toBe('NoError')
    await share(['None'])
    expect((await findTheirs('calendar')).code, 'an entry of one’s own goes before it').toBe('ErrorAccessDenied')
  })

  test('EffectiveRights are the visitor’s', async () => {
    await share(['Author'])
    const { text } = await dave.ask(
      `<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:FolderIds>${theirs('calendar')}</m:FolderIds></m:GetFolder>`,
    )
    const rights = ['CreateContents', 'Read', 'Delete', 'CreateHierarchy'].map((name) => valuesIn(text, name)[0])
    expect(rights).toEqual(['true', 'true', 'false', 'false'])
    expect(text).not.toContain('PermissionSet')
  })
})

test('Get-, Add-, Set- and Remove-MailboxFolderPermission as the shell has them', async () => {
  const rights = async () =>
    (await cmdlet('Get-MailboxFolderPermission', { Identity: calendar })).value?.map((each) => [
      each.User,
      each.AccessRights,
    ])
  const initial = [
    ['Default', ['AvailabilityOnly']],
    ['Anonymous', ['None']],
  ]
  expect(await rights()).toEqual(initial)
  await share(['CreateItems', 'ReadItems'])
  expect(await rights()).toEqual([...initial, ['Dave Dietrich', ['CreateItems', 'ReadItems']]])
  expect((await share(['Editor'])).status, 'there is one').toBe(400)
  const both = { Identity: calendar, User: 'dave@contoso.com' }
  await cmdlet('Set-MailboxFolderPermission', { ...both, AccessRights: ['editor'] })
  expect(await rights()).toEqual([...initial, ['Dave Dietrich', ['Editor']]])
  expect((await cmdlet('Remove-MailboxFolderPermission', both)).status).toBe(200)
  expect((await cmdlet('Remove-MailboxFolderPermission', both)).status).toBe(404)
  expect((await cmdlet('Get-MailboxFolderPermission', { Identity: 'bob@contoso.com' })).status).toBe(501)
  expect((await share(['Editor'], 'bob@contoso.com:\\Nowhere')).status).toBe(404)
  expect((await share(['Everything'])).status).toBe(400)
})

test('a PermissionSet is read and written by Exchange Web Services', async () => {
  const get = () =>
    bob.ask(
      '<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="folder:PermissionSet"/></t:AdditionalProperties></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder>',
    )
  expect(valuesIn((await get()).text, 'PermissionLevel')).toEqual(['None', 'None'])
  const entry = (user: string, level: string) =>
    `<t:Permission><t:UserId>${user}</t:UserId><t:PermissionLevel>${level}</t:PermissionLevel></t:Permission>`
  const person = '<t:PrimarySmtpAddress>dave@contoso.com</t:PrimarySmtpAddress>'
  const set = (who: Soap, folder: string, level: string) =>
    who.ask(
      `<m:UpdateFolder><m:FolderChanges><t:FolderChange>${folder}<t:Updates><t:SetFolderField><t:FieldURI FieldURI="folder:FolderClass"/><t:Folder><t:FolderClass>IPF.Note</t:FolderClass></t:Folder></t:SetFolderField><t:SetFolderField><t:FieldURI FieldURI="folder:PermissionSet"/><t:Folder><t:PermissionSet><t:Permissions>${entry(person, level)}</t:Permissions></t:PermissionSet></t:Folder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`,
    )
  expect((await set(bob, '<t:DistinguishedFolderId Id="inbox"/>', 'Reviewer')).code).toBe('NoError')
  expect(valuesIn((await get()).text, 'PermissionLevel')).toEqual(['None', 'None', 'Reviewer'])
  expect(idsIn((await findTheirs('inbox')).text).length).toBeGreaterThan(0)
  expect((await set(dave, theirs('inbox'), 'Owner')).code, 'no rights of one’s own making').toBe('ErrorAccessDenied')
  expect((await set(bob, '<t:DistinguishedFolderId Id="inbox"/>', 'Everything')).code).toBe(
    'ErrorInvalidPermissionSettings',
  )
})

describe('delegates', () => {
  const mailbox = '<m:Mailbox><t:EmailAddress>bob@contoso.com</t:EmailAddress></m:Mailbox>'
  const user = '<t:UserId><t:PrimarySmtpAddress>dave@contoso.com</t:PrimarySmtpAddress></t:UserId>'
  const delegate = (level: string, more = '') =>
    `<m:DelegateUsers><t:DelegateUser>${user}<t:DelegatePermissions><t:CalendarFolderPermissionLevel>${level}</t:CalendarFolderPermissionLevel></t:DelegatePermissions>${more}</t:DelegateUser></m:DelegateUsers>`
  const ask = (who: Soap, operation: string, content: string, attributes = '') =>
    who.ask(`<m:${operation}${attributes}>${mailbox}${content}</m:${operation}>`)
  const get = () => ask(bob, 'GetDelegate', '', ' IncludePermissions="true"')

  test('are added, shown, changed and removed, with their rights on folders and on behalf', async () => {
    const extras = '<t:ViewPrivateItems>true</t:ViewPrivateItems>'
    const delivery = '<m:DeliverMeetingRequests>DelegatesAndMe</m:DeliverMeetingRequests>'
    const added = await ask(bob, 'AddDelegate', `${delegate('Editor', extras)}${delivery}`)
    expect(added.codes).toEqual(['NoError', 'NoError'])
    const { text } = await get()
    expect(valuesIn(text, 'PrimarySmtpAddress')).toEqual(['dave@contoso.com'])
    expect(valuesIn(text, 'CalendarFolderPermissionLevel')).toEqual(['Editor'])
    expect([valuesIn(text, 'ViewPrivateItems'), valuesIn(text, 'InboxFolderPermissionLevel')]).toEqual([
      ['true'],
      ['None'],
    ])
    expect(text).toContain('<m:DeliverMeetingRequests>DelegatesAndMe<')
    expect((await makeTheirs('calendar')).code).toBe('NoError')
    expect((await ask(bob, 'AddDelegate', delegate('Editor'))).codes).toContain('ErrorDelegateAlreadyExists')
    expect((await ask(bob, 'UpdateDelegate', delegate('Reviewer'))).codes).toEqual(['NoError', 'NoError'])
    expect([(await findTheirs('calendar')).code, (await makeTheirs('calendar')).code]).toEqual([
      'NoError',
      'ErrorAccessDenied',
    ])
    const onBehalf = (await cmdlet('Get-Mailbox', { Identity: 'bob@contoso.com' })).value?.[0]?.GrantSendOnBehalfTo
    expect(onBehalf).toHaveLength(1)
    expect((await ask(bob, 'RemoveDelegate', `<m:UserIds>${user}</m:UserIds>`)).codes).toEqual(['NoError', 'NoError'])
    expect((await findTheirs('calendar')).code).toBe('ErrorAccessDenied')
    expect((await ask(bob, 'RemoveDelegate', `<m:UserIds>${user}</m:UserIds>`)).codes).toContain('ErrorNotDelegate')
  })

  test('are nobody else’s to appoint', async () => {
    expect((await ask(dave, 'AddDelegate', delegate('Editor'))).code).toBe('ErrorAccessDenied')
    expect((await ask(dave, 'GetDelegate', '', ' IncludePermissions="false"')).code).toBe('ErrorAccessDenied')
    const own = delegate('Editor').replace('dave@', 'bob@')
    expect((await ask(bob, 'AddDelegate', own)).codes).toContain('ErrorDelegateCannotAddOwner')
  })
})
