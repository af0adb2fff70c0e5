import { afterAll, beforeAll, expect, test } from 'vitest'
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

async function cmdlet(name: string, parameters: object): Promise<void> {
  const { statusCode, body } = await stage.management.inject({
    method: 'POST',
    url: '/cmdlets',
    payload: { CmdletInput: { CmdletName: name, Parameters: parameters } },
  })
  if (statusCode !== 200) throw new Error(body)
}

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
