import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOffice } from '../../activesync/_device.ts'
import { idsIn, Soap, setField, valuesIn } from '../_client.ts'

const open = new AsyncDisposableStack()
let bob: Soap
beforeAll(async () => {
  bob = new Soap(open.use(await openOffice()), 'bob')
})
afterAll(() => open.disposeAsync())

const folderId = (id: string) =>
  /^[a-z]+$/.test(id) ? `<t:DistinguishedFolderId Id="${id}"/>` : `<t:FolderId Id="${id}"/>`
const draft = (subject: string) => `<t:Message><t:Subject>${subject}</t:Subject></t:Message>`
const items = (text: string) => `<m:Items>${text}</m:Items>`

async function makeFolder(parent: string, name: string): Promise<string> {
  const folder = `<m:Folders><t:Folder><t:DisplayName>${name}</t:DisplayName></t:Folder></m:Folders>`
  const made = await bob.ask(
    `<m:CreateFolder><m:ParentFolderId>${folderId(parent)}</m:ParentFolderId>${folder}</m:CreateFolder>`,
  )
  return idsIn(made.text, 'FolderId')[0] ?? ''
}

async function makeDraft(folder: string, subject: string): Promise<string> {
  const made = await bob.ask(
    `<m:CreateItem MessageDisposition="SaveOnly"><m:SavedItemFolderId>${folderId(folder)}</m:SavedItemFolderId>${items(draft(subject))}</m:CreateItem>`,
  )
  expect(made.code).toBe('NoError')
  return idsIn(made.text)[0] ?? ''
}

const subjectsIn = async (folder: string) => {
  const found = await bob.ask(
    `<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ParentFolderIds>${folderId(folder)}</m:ParentFolderIds></m:FindItem>`,
  )
  return valuesIn(found.text, 'Subject').toSorted()
}

test('SyncFolderItems leaves out what Ignore names, once; either SyncScope is the same', async () => {
  const folder = await makeFolder('inbox', 'Ignored')
  const shape = '<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
  const sync = (state: string, ignored: readonly string[] = [], scope = '') =>
    bob.ask(
      `<m:SyncFolderItems>${shape}<m:SyncFolderId>${folderId(folder)}</m:SyncFolderId><m:SyncState>${state}</m:SyncState>${
        ignored.length > 0 ? `<m:Ignore>${ignored.map((id) => `<t:ItemId Id="${id}"/>`).join('')}</m:Ignore>` : ''
      }<m:MaxChangesReturned>100</m:MaxChangesReturned>${scope && `<m:SyncScope>${scope}</m:SyncScope>`}</m:SyncFolderItems>`,
    )
  const stateIn = (text: string) => /<m:SyncState>([^<]+)/.exec(text)?.[1] ?? ''
  const first = stateIn((await sync('')).text)
  const [one, two] = [await makeDraft(folder, 'One'), await makeDraft(folder, 'Two')]
  const partly = await sync(first, [one], 'NormalAndAssociatedItems')
  expect(idsIn(partly.text)).toEqual([two])
  expect(idsIn((await sync(stateIn(partly.text), [], 'NormalItems')).text), 'the state has moved on').toEqual([])
  expect(idsIn((await sync(first)).text).toSorted()).toEqual([one, two].toSorted())
  expect((await sync(first, ['nonsense'])).code).toBe('ErrorInvalidIdMalformed')
  expect((await sync(first, [], 'Everything')).code).toBe('ErrorSchemaValidation')
})

test('CopyFolder copies items and folders below under new ids; not into itself, nor beside its name', async () => {
  const outer = await makeFolder('inbox', 'Outer')
  const inner = await makeFolder(outer, 'Inner')
  const id = await makeDraft(outer, 'In the outer')
  await makeDraft(inner, 'In the inner')
  const copy = (folder: string, target: string) =>
    bob.ask(
      `<m:CopyFolder><m:ToFolderId>${folderId(target)}</m:ToFolderId><m:FolderIds>${folderId(folder)}</m:FolderIds></m:CopyFolder>`,
    )
  const copied = await copy(outer, 'archive')
  const [made = ''] = idsIn(copied.text, 'FolderId')
  expect([copied.code, made === outer]).toEqual(['NoError', false])
  const below = await bob.ask(
    `<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:ParentFolderIds>${folderId(made)}</m:ParentFolderIds></m:FindFolder>`,
  )
  expect(valuesIn(below.text, 'DisplayName')).toEqual(['Inner'])
  expect(await subjectsIn(made)).toEqual(['In the outer'])
  expect(await subjectsIn(idsIn(below.text, 'FolderId')[0] ?? '')).toEqual(['In the inner'])
  await bob.delete(id)
  expect([await subjectsIn(outer), await subjectsIn(made)]).toEqual([[], ['In the outer']])
  expect((await copy(outer, 'archive')).code).toBe('ErrorFolderExists')
  expect((await copy(outer, inner)).code).toBe('ErrorMoveCopyFailed')
  expect((await copy('drafts', made)).code, 'of a well-known folder').toBe('NoError')
})

test('SavedItemFolderId is where a draft, an appointment and the copy of what is sent are kept', async () => {
  const folder = await makeFolder('inbox', 'Saved')
  await makeDraft(folder, 'A draft')
  const to = '<t:ToRecipients><t:Mailbox><t:EmailAddress>dave@contoso.com</t:EmailAddress></t:Mailbox></t:ToRecipients>'
  const message = `<t:Message><t:Subject>A copy</t:Subject>${to}</t:Message>`
  const create = (item: string, attributes: string) =>
    bob.ask(
      `<m:CreateItem ${attributes}><m:SavedItemFolderId>${folderId(folder)}</m:SavedItemFolderId>${items(item)}</m:CreateItem>`,
    )
  expect((await create(message, 'MessageDisposition="SendAndSaveCopy"')).code).toBe('NoError')
  const times = '<t:Start>2026-03-05T12:00:00Z</t:Start><t:End>2026-03-05T13:00:00Z</t:End>'
  const lunch = `<t:CalendarItem><t:Subject>A lunch</t:Subject>${times}</t:CalendarItem>`
  expect((await create(lunch, 'SendMeetingInvitations="SendToNone"')).code).toBe('NoError')
  expect(await subjectsIn(folder)).toEqual(['A copy', 'A draft', 'A lunch'])
  expect((await bob.find('sentitems')).text).not.toContain('A copy')
  const later = `<t:Message><t:Subject>Sent later</t:Subject>${to}</t:Message>`
  const [id = ''] = idsIn((await bob.create(later, 'MessageDisposition="SaveOnly"')).text)
  const send = `<m:SendItem SaveItemToFolder="true"><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds><m:SavedItemFolderId>${folderId(folder)}</m:SavedItemFolderId></m:SendItem>`
  expect((await bob.ask(send)).code).toBe('NoError')
  expect(await subjectsIn(folder)).toContain('Sent later')
})

test.each([
  {
    what: 'every second week, on two days',
    pattern:
      '<t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday Thursday</t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>',
    range:
      '<t:NumberedRecurrence><t:StartDate>2026-03-09Z</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence>',
  },
  {
    what: 'some days after it was done',
    pattern: '<t:DailyRegeneration><t:Interval>3</t:Interval></t:DailyRegeneration>',
    range: '<t:NoEndRecurrence><t:StartDate>2026-03-09Z</t:StartDate></t:NoEndRecurrence>',
  },
])('a task that comes again $what is made, read, changed and deleted', async ({ pattern, range }) => {
  const recurrence = `<t:Recurrence>${pattern}${range}</t:Recurrence>`
  const dates = '<t:DueDate>2026-03-09T00:00:00Z</t:DueDate>'
  const start = '<t:StartDate>2026-03-09T00:00:00Z</t:StartDate>'
  const made = await bob.create(`<t:Task><t:Subject>Again</t:Subject>${dates}${recurrence}${start}</t:Task>`)
  expect(made.code).toBe('NoError')
  const [id = ''] = idsIn(made.text)
  const read = (await bob.get(id)).text
  expect(read).toContain('<t:IsRecurring>true</t:IsRecurring>')
  expect(read).toContain(pattern)
  expect(read).toMatch(/<t:StartDate>2026-03-09(Z|[+-]\d\d:\d\d)?<\/t:StartDate>/)
  const subject = setField('item:Subject', '<t:Subject>Again and again</t:Subject>', 'Task')
  expect((await bob.update(id, subject)).code).toBe('NoError')
  const after = (await bob.get(id)).text
  expect(after).toContain('Again and again')
  expect(after, 'the pattern stays').toContain(pattern)
  expect((await bob.delete(id)).code).toBe('ErrorAffectedTaskOccurrencesRequired')
  expect((await bob.delete(id, 'DeleteType="HardDelete" AffectedTaskOccurrences="AllOccurrences"')).code).toBe(
    'NoError',
  )
  expect((await bob.get(id)).code).toBe('ErrorItemNotFound')
})
