import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stage } from '../../_stage.ts'
import { openOffice } from '../../activesync/_device.ts'
import { idsIn, Soap, setField, valuesIn } from '../_client.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
  bob = new Soap(stage, 'bob')
  for (const name of ['Ada', 'Bea', 'Cem', 'Dia', 'Eli'])
    await bob.create(
      `<t:Contact><t:GivenName>${name}</t:GivenName><t:CompanyName>${name === 'Cem' ? 'Other' : 'Example'}</t:CompanyName></t:Contact>`,
    )
  for (const name of ['Ada', 'Bea', 'Cem', 'Dia', 'Eli'])
    await bob.create(
      `<t:Message><t:Subject>${name}</t:Subject><t:Body BodyType="Text">${'x '.repeat(300)}needle-${name}</t:Body><t:ToRecipients><t:Mailbox><t:Name>Carl</t:Name><t:EmailAddress>${name}@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message>`,
      'MessageDisposition="SaveOnly"',
    )
})
afterAll(() => open.disposeAsync())

const bySubject =
  '<m:SortOrder><t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="item:Subject"/></t:FieldOrder></m:SortOrder>'
const names = (text: string) => valuesIn(text, 'Subject').join(' ')
const rootOf = (text: string) => /<m:RootFolder ([^>]*)>/.exec(text)?.[1]
const indexed = (most: number, offset: number, base: string) =>
  `<m:IndexedPageItemView MaxEntriesReturned="${most}" Offset="${offset}" BasePoint="${base}"/>`
const fraction = (numerator: number, denominator: number, most = 2) =>
  `<m:FractionalPageItemView MaxEntriesReturned="${most}" Numerator="${numerator}" Denominator="${denominator}"/>`

describe('pages', () => {
  test.each([
    [
      indexed(2, 0, 'Beginning'),
      'Ada Bea',
      'IndexedPagingOffset="2" TotalItemsInView="5" IncludesLastItemInRange="false"',
    ],
    [indexed(2, 4, 'Beginning'), 'Eli', 'IndexedPagingOffset="5" TotalItemsInView="5" IncludesLastItemInRange="true"'],
    [indexed(2, 0, 'End'), 'Dia Eli', 'IndexedPagingOffset="2" TotalItemsInView="5" IncludesLastItemInRange="false"'],
    [indexed(2, 4, 'End'), 'Ada', 'IndexedPagingOffset="5" TotalItemsInView="5" IncludesLastItemInRange="true"'],
    [
      fraction(2, 5),
      'Cem Dia',
      'NumeratorOffset="4" AbsoluteDenominator="5" TotalItemsInView="5" IncludesLastItemInRange="false"',
    ],
    [
      fraction(1, 1),
      '',
      'NumeratorOffset="5" AbsoluteDenominator="5" TotalItemsInView="5" IncludesLastItemInRange="true"',
    ],
  ])('%s', async (view, wanted, facts) => {
    const { text } = await bob.find('drafts', bySubject, 'Default', view)
    expect([names(text), rootOf(text)]).toEqual([wanted, facts])
  })

  test('a fraction beyond everything, and groups, are refused', async () => {
    expect((await bob.find('drafts', '', 'IdOnly', fraction(3, 2))).code).toBe('ErrorInvalidFractionalPagingParameters')
    const group = '<m:GroupBy Order="Ascending"><t:FieldURI FieldURI="item:Subject"/></m:GroupBy>'
    expect((await bob.find('drafts', group)).text).toContain('does not group items')
  })

  test('contacts between two names', async () => {
    const view = '<m:ContactsView InitialName="Bea" FinalName="Dia"/>'
    const { text } = await bob.find('contacts', '', 'Default', view)
    expect([...valuesIn(text, 'DisplayName')].sort()).toEqual(['Bea', 'Cem', 'Dia'])
  })

  test('hidden and soft-deleted items are none', async () => {
    const { text } = await bob.ask(
      '<m:FindItem Traversal="Associated"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id="drafts"/></m:ParentFolderIds></m:FindItem>',
    )
    expect(rootOf(text)).toContain('TotalItemsInView="0"')
  })
})

const contains = (uri: string, value: string, mode = 'Substring') =>
  `<t:Contains ContainmentMode="${mode}" ContainmentComparison="IgnoreCase"><t:FieldURI FieldURI="${uri}"/><t:Constant Value="${value}"/></t:Contains>`
const equal = (path: string, value: string) =>
  `<t:IsEqualTo>${path}<t:FieldURIOrConstant><t:Constant Value="${value}"/></t:FieldURIOrConstant></t:IsEqualTo>`
const field = (uri: string) => `<t:FieldURI FieldURI="${uri}"/>`

describe('restrictions', () => {
  test.each([
    ['drafts', contains('item:Body', 'NEEDLE-cem'), 'Cem'],
    ['drafts', contains('item:DisplayTo', 'dia@'), 'Dia'],
    ['drafts', contains('message:ToRecipients', 'carl'), 'Ada Bea Cem Dia Eli'],
    ['drafts', contains('item:Subject', 'el', 'PrefixOnWords'), 'Eli'],
    ['drafts', `<t:Not>${contains('item:Subject', 'a')}</t:Not>`, 'Cem Eli'],
    [
      'drafts',
      `<t:Excludes><t:ExtendedFieldURI PropertyTag="0x0E07" PropertyType="Integer"/><t:Bitmask Value="8"/></t:Excludes>`,
      '',
    ],
  ])('%s: %s', async (folder, restriction, wanted) => {
    const { text } = await bob.find(folder, `<m:Restriction>${restriction}</m:Restriction>${bySubject}`, 'Default')
    expect(names(text)).toBe(wanted)
  })

  test('contacts by what they hold', async () => {
    const { text } = await bob.find(
      'contacts',
      `<m:Restriction>${equal(field('contacts:CompanyName'), 'Other')}</m:Restriction>`,
    )
    expect(valuesIn(text, 'DisplayName')).toEqual(['Cem'])
  })

  test('tasks by their state and their day', async () => {
    const made = await bob.create(
      '<t:Task><t:Subject>Later</t:Subject><t:DueDate>2026-05-01T00:00:00Z</t:DueDate></t:Task>',
    )
    const [id = ''] = idsIn(made.text)
    await bob.update(id, setField('task:PercentComplete', '<t:PercentComplete>30</t:PercentComplete>', 'Task'))
    const found = async (restriction: string) =>
      names((await bob.find('tasks', `<m:Restriction>${restriction}</m:Restriction>`)).text)
    expect(await found(equal(field('task:Status'), 'InProgress'))).toBe('Later')
    expect(await found(equal(field('task:IsComplete'), 'True'))).not.toContain('Later')
    const after = `<t:IsGreaterThan>${field('task:DueDate')}<t:FieldURIOrConstant><t:Constant Value="2026-04-30T00:00:00Z"/></t:FieldURIOrConstant></t:IsGreaterThan>`
    expect(await found(after)).toBe('Later')
  })
})
