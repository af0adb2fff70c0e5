import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCmdlet } from '../_cmdlet.ts'
import type { Stage } from '../_stage.ts'
import { openOffice } from '../activesync/_device.ts'
import { idsIn, Soap, valuesIn } from './_client.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
let dave: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
  ;[bob, dave] = [new Soap(stage, 'bob'), new Soap(stage, 'dave')]
})
afterAll(() => open.disposeAsync())

const cmdlet = (name: string, parameters: object) => runCmdlet(stage, name, parameters)

const theirs =
  '<t:DistinguishedFolderId Id="inbox"><t:Mailbox><t:EmailAddress>bob@contoso.com</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>'
const find = (who: Soap) =>
  who.ask(
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ParentFolderIds>${theirs}</m:ParentFolderIds></m:FindItem>`,
  )

test('whoever has FullAccess opens another’s mailbox by its address and by its ids, until it is taken away', async () => {
  const own = await bob.find('inbox', '', 'Default')
  const [id = ''] = idsIn(own.text)
  expect([(await find(dave)).code, (await dave.get(id)).code]).toEqual(['ErrorAccessDenied', 'ErrorItemNotFound'])
  const permission = { Identity: 'bob@contoso.com', User: 'dave@contoso.com', AccessRights: ['FullAccess'] }
  await cmdlet('Add-MailboxPermission', permission)
  expect(idsIn((await find(dave)).text)).toEqual(idsIn(own.text))
  expect(valuesIn((await dave.get(id)).text, 'Subject')).toEqual(valuesIn((await bob.get(id)).text, 'Subject'))
  const made = await dave.ask(
    `<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId>${theirs.replace('inbox', 'calendar')}</m:SavedItemFolderId><m:Items><t:CalendarItem><t:Subject>For Bob</t:Subject></t:CalendarItem></m:Items></m:CreateItem>`,
  )
  const shared = (await bob.get(idsIn(made.text)[0] ?? '')).text
  expect(shared).toMatch(/<t:Organizer>.*bob@contoso\.com/)
  await cmdlet('Remove-MailboxPermission', permission)
  expect([(await find(dave)).code, (await dave.get(id)).code]).toEqual(['ErrorAccessDenied', 'ErrorItemNotFound'])
})

const bobs = (folder: string) => theirs.replace('inbox', folder)
const ofBob = { Identity: 'bob@contoso.com', User: 'dave@contoso.com' }

test('a copy of what is sent is kept in the folder that is named, of another’s mailbox too', async () => {
  await cmdlet('Add-MailboxPermission', { ...ofBob, AccessRights: ['FullAccess'] })
  const send = (subject: string) =>
    dave.ask(
      `<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:SavedItemFolderId>${bobs('sentitems')}</m:SavedItemFolderId><m:Items><t:Message><t:Subject>${subject}</t:Subject><t:ToRecipients><t:Mailbox><t:EmailAddress>bob@contoso.com</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message></m:Items></m:CreateItem>`,
    )
  expect((await send('Kept at Bob’s')).code).toBe('NoError')
  expect(valuesIn((await bob.find('sentitems', '', 'Default')).text, 'Subject')).toContain('Kept at Bob’s')
  expect(valuesIn((await dave.find('sentitems', '', 'Default')).text, 'Subject')).not.toContain('Kept at Bob’s')
  expect(valuesIn((await bob.find('inbox', '', 'Default')).text, 'Subject')).toContain('Kept at Bob’s')
  await cmdlet('Remove-MailboxPermission', { ...ofBob, AccessRights: ['FullAccess'] })
})

test('meetings of another’s calendar invite in the owner’s name by Send As or Send on Behalf only', async () => {
  await cmdlet('Add-MailboxPermission', { ...ofBob, AccessRights: ['FullAccess'] })
  const invite = (subject: string) =>
    dave.ask(
      `<m:CreateItem SendMeetingInvitations="SendOnlyToAll"><m:SavedItemFolderId>${bobs('calendar')}</m:SavedItemFolderId><m:Items><t:CalendarItem><t:Subject>${subject}</t:Subject><t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>dave@contoso.com</t:EmailAddress></t:Mailbox></t:Attendee></t:RequiredAttendees></t:CalendarItem></m:Items></m:CreateItem>`,
    )
  const subjects = async (who: Soap, folder: string) =>
    valuesIn((await who.find(folder, '', 'Default')).text, 'Subject')
  expect((await invite('Refused')).code).toBe('ErrorSendAsDenied')
  expect(await subjects(bob, 'calendar')).not.toContain('Refused')
  await cmdlet('Set-Mailbox', { Identity: 'bob@contoso.com', GrantSendOnBehalfTo: ['dave@contoso.com'] })
  const made = await invite('On behalf')
  expect(made.code).toBe('NoError')
  const { text } = await dave.find('inbox', '', 'Default')
  const got = idsIn(text)[valuesIn(text, 'Subject').indexOf('On behalf')] ?? ''
  expect((await dave.get(got)).text).toMatch(/<t:Sender>.*?dave@contoso\.com.*?<t:From>.*?bob@contoso\.com/s)
  await cmdlet('Set-Mailbox', { Identity: 'bob@contoso.com', GrantSendOnBehalfTo: [] })
  const [meeting = ''] = idsIn(made.text)
  const cancel = await dave.ask(
    `<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendOnlyToAll"><m:ItemIds><t:ItemId Id="${meeting}"/></m:ItemIds></m:DeleteItem>`,
  )
  expect([cancel.code, (await subjects(bob, 'calendar')).includes('On behalf')]).toEqual(['ErrorSendAsDenied', true])
  await cmdlet('Remove-MailboxPermission', { ...ofBob, AccessRights: ['FullAccess'] })
})
