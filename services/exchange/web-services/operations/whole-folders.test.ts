import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runCmdlet } from '../../_cmdlet.ts'
import type { Stage } from '../../_stage.ts'
import { openOffice } from '../../activesync/_device.ts'
import { idsIn, Soap, valuesIn } from '../_client.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
})
beforeEach(async () => {
  await stage.reset()
  bob = new Soap(stage, 'bob')
})
afterAll(() => open.disposeAsync())

const named = (id: string) => `<t:DistinguishedFolderId Id="${id}"/>`
const shape = '<m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>'

async function countsOf(folder: string): Promise<readonly string[]> {
  const { text } = await bob.ask(`<m:GetFolder>${shape}<m:FolderIds>${named(folder)}</m:FolderIds></m:GetFolder>`)
  return ['TotalCount', 'UnreadCount', 'ChildFolderCount'].flatMap((name) => valuesIn(text, name))
}

function mark(readFlag: boolean, folders: string) {
  return bob.ask(
    `<m:MarkAllItemsAsRead><m:ReadFlag>${readFlag}</m:ReadFlag><m:SuppressReadReceipts>true</m:SuppressReadReceipts><m:FolderIds>${folders}</m:FolderIds></m:MarkAllItemsAsRead>`,
  )
}

test('every message of a folder is marked as read, or as unread', async () => {
  const [total = '', unread] = await countsOf('inbox')
  expect([total, unread]).toEqual(['7', '3'])
  const { codes } = await mark(true, `${named('inbox')}<t:FolderId Id="bad"/>${named('drafts')}`)
  expect(codes).toEqual(['NoError', 'ErrorInvalidIdMalformed', 'NoError'])
  expect((await countsOf('inbox'))[1]).toBe('0')
  await mark(false, named('inbox'))
  expect((await countsOf('inbox')).slice(0, 2)).toEqual([total, total])
})

test('a folder is emptied into Deleted Items, with the folders below or without', async () => {
  await bob.ask(
    `<m:CreateFolder><m:ParentFolderId>${named('inbox')}</m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>Below</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`,
  )
  const [total = ''] = await countsOf('inbox')
  const empty = (attributes: string, folder: string) =>
    bob.ask(`<m:EmptyFolder ${attributes}><m:FolderIds>${named(folder)}</m:FolderIds></m:EmptyFolder>`)
  await empty('DeleteType="MoveToDeletedItems" DeleteSubFolders="false"', 'inbox')
  expect([await countsOf('inbox'), (await countsOf('deleteditems'))[0]]).toEqual([['0', '0', '1'], total])
  await empty('DeleteType="MoveToDeletedItems" DeleteSubFolders="true"', 'inbox')
  expect([(await countsOf('inbox'))[2], (await countsOf('deleteditems'))[2]]).toEqual(['0', '1'])
  await empty('DeleteType="MoveToDeletedItems" DeleteSubFolders="true"', 'deleteditems')
  expect(await countsOf('deleteditems')).toEqual(['0', '0', '0'])
})

test('an item shows its headers, where it comes from and what may be done with it', async () => {
  const [id = ''] = idsIn((await bob.find('inbox')).text)
  const all = (await bob.get(id)).text
  expect(all).toMatch(/<t:InternetMessageHeader HeaderName="Subject">[^<]+</)
  expect(valuesIn(all, 'IsUnmodified')).toEqual(['true'])
  expect([valuesIn(all, 'IsFromMe'), valuesIn(all, 'IsSubmitted')]).toEqual([['false'], ['false']])
  expect(all).toContain('<t:Delete>true</t:Delete><t:Modify>true</t:Modify><t:Read>true</t:Read>')
  const one = '<t:IndexedFieldURI FieldURI="item:InternetMessageHeader" FieldIndex="message-id"/>'
  const asked = await bob.ask(
    `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${one}</t:AdditionalProperties></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
  )
  expect(asked.text.match(/HeaderName="[^"]+"/g)).toEqual(['HeaderName="Message-ID"'])
  const retitle =
    '<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:Message><t:Subject>New</t:Subject></t:Message></t:SetItemField>'
  await bob.update(id, retitle)
  expect(valuesIn((await bob.get(id)).text, 'IsUnmodified')).toEqual(['false'])
  const made = await bob.create('<t:Message><t:Subject>Own</t:Subject></t:Message>', 'MessageDisposition="SaveOnly"')
  expect(valuesIn((await bob.get(idsIn(made.text)[0] ?? '')).text, 'IsFromMe')).toEqual(['true'])
})

test('whoever may only read a folder may neither change nor delete what is in it', async () => {
  const rights = { Identity: 'bob@contoso.com:\\Inbox', User: 'dave@contoso.com', AccessRights: ['Reviewer'] }
  await runCmdlet(stage, 'Add-MailboxFolderPermission', rights)
  const [id = ''] = idsIn((await bob.find('inbox')).text)
  const { text } = await new Soap(stage, 'dave').get(id)
  expect(text).toContain('<t:Delete>false</t:Delete><t:Modify>false</t:Modify><t:Read>true</t:Read>')
})

test('a folder is changed by all of its updates or by none, and programs may take its permissions away', async () => {
  const make = (name: string) =>
    bob.ask(
      `<m:CreateFolder><m:ParentFolderId>${named('inbox')}</m:ParentFolderId><m:Folders><t:Folder><t:DisplayName>${name}</t:DisplayName></t:Folder></m:Folders></m:CreateFolder>`,
    )
  const [id = ''] = idsIn((await make('One')).text, 'FolderId')
  const rename =
    '<t:SetFolderField><t:FieldURI FieldURI="folder:DisplayName"/><t:Folder><t:DisplayName>Two</t:DisplayName></t:Folder></t:SetFolderField>'
  const update = (updates: string) =>
    bob.ask(
      `<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="${id}"/><t:Updates>${updates}</t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>`,
    )
  const taken = (uri: string) => `<t:DeleteFolderField><t:FieldURI FieldURI="${uri}"/></t:DeleteFolderField>`
  const nameNow = async () => {
    const asked = `<m:GetFolder>${shape}<m:FolderIds><t:FolderId Id="${id}"/></m:FolderIds></m:GetFolder>`
    return valuesIn((await bob.ask(asked)).text, 'DisplayName')
  }
  expect((await update(rename + taken('folder:FolderClass'))).code).toBe('ErrorInvalidPropertySet')
  expect(await nameNow()).toEqual(['One'])
  const rights = { Identity: 'bob@contoso.com:\\Inbox\\One', User: 'dave@contoso.com', AccessRights: ['Reviewer'] }
  await runCmdlet(stage, 'Add-MailboxFolderPermission', rights)
  expect((await update(rename + taken('folder:PermissionSet'))).code).toBe('NoError')
  expect(await nameNow()).toEqual(['Two'])
  const left = await runCmdlet(stage, 'Get-MailboxFolderPermission', { Identity: 'bob@contoso.com:\\Inbox\\Two' })
  expect(left.map(({ User }) => User)).toEqual(['Default', 'Anonymous'])
})

test('the messages of a conversation are found by its id', async () => {
  const [id = ''] = idsIn((await bob.find('inbox')).text)
  const [conversation = ''] = idsIn((await bob.get(id)).text, 'ConversationId')
  const constant = `<t:FieldURIOrConstant><t:Constant Value="${conversation}"/></t:FieldURIOrConstant>`
  const restriction = `<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="item:ConversationId"/>${constant}</t:IsEqualTo></m:Restriction>`
  expect(idsIn((await bob.find('inbox', restriction)).text)).toContain(id)
})
