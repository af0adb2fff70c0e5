import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stage } from '../../_stage.ts'
import { openOffice } from '../../activesync/_device.ts'
import { idsIn, Soap, valuesIn } from '../_client.ts'

const open = new AsyncDisposableStack()
let stage: Stage
let bob: Soap
beforeAll(async () => {
  stage = open.use(await openOffice())
  bob = new Soap(stage, 'bob')
})
afterAll(() => open.disposeAsync())

const inner =
  '<t:ItemAttachment><t:Name>Inner</t:Name><t:Message><t:Subject>Inside</t:Subject><t:Body BodyType="Text">deep</t:Body></t:Message></t:ItemAttachment>'
const file = '<t:FileAttachment><t:Name>a.txt</t:Name><t:Content>aGVsbG8=</t:Content></t:FileAttachment>'
const silent = 'MessageDisposition="SaveOnly"'

const ask = (operation: string, ids: readonly string[]) =>
  bob.ask(
    `<m:${operation}><m:AttachmentIds>${ids.map((id) => `<t:AttachmentId Id="${id}"/>`).join('')}</m:AttachmentIds></m:${operation}>`,
  )

test('a draft is given files and messages, which are read and taken away; the others stay', async () => {
  const made = await bob.create(
    `<t:Message><t:Subject>Outer</t:Subject><t:Body BodyType="Text">see inside</t:Body><t:Attachments>${inner}</t:Attachments></t:Message>`,
    silent,
  )
  const [id = ''] = idsIn(made.text)
  const added = await bob.ask(
    `<m:CreateAttachment><m:ParentItemId Id="${id}"/><m:Attachments>${file}</m:Attachments></m:CreateAttachment>`,
  )
  expect(added.code).toBe('NoError')
  const { text } = await bob.get(id)
  const ids = idsIn(text, 'AttachmentId')
  expect([text.match(/<t:(Item|File)Attachment>/g), ids.length]).toEqual([
    ['<t:ItemAttachment>', '<t:FileAttachment>'],
    2,
  ])
  const read = await ask('GetAttachment', ids)
  expect(read.codes).toEqual(['NoError', 'NoError'])
  expect(read.text).toMatch(/<t:Message>.*<t:Subject>Inside<.*deep/s)
  expect(read.text).not.toContain('<t:ItemId')
  expect(valuesIn(read.text, 'Content')).toEqual(['aGVsbG8='])
  expect((await ask('DeleteAttachment', ids.slice(0, 1))).code).toBe('NoError')
  const left = idsIn((await bob.get(id)).text, 'AttachmentId')
  expect(valuesIn((await ask('GetAttachment', left)).text, 'Name')).toEqual(['a.txt'])
})

test('files of received mail stay as they are', async () => {
  const found = await bob.find('inbox', '', 'IdOnly')
  const [id = ''] = idsIn(found.text)
  const answer = await bob.ask(
    `<m:CreateAttachment><m:ParentItemId Id="${id}"/><m:Attachments>${file}</m:Attachments></m:CreateAttachment>`,
  )
  expect([answer.code, answer.text.includes('changes the attachments of drafts only')]).toEqual([
    'ErrorInvalidRequest',
    true,
  ])
})

test('lists of rooms, pictures and configurations answer what there is', async () => {
  const rooms = await bob.ask('<m:GetRoomLists/>')
  expect(rooms.text).toMatch(
    /GetRoomListsResponse[^>]*ResponseClass="Success"[^>]*><m:ResponseCode>NoError<\/m:ResponseCode><m:RoomLists/,
  )
  const photo = (address: string) =>
    bob.ask(`<m:GetUserPhoto><m:Email>${address}</m:Email><m:SizeRequested>HR48x48</m:SizeRequested></m:GetUserPhoto>`)
  expect((await photo('dave@contoso.com')).code).toBe('ErrorItemNotFound')
  expect((await photo('nobody@contoso.com')).code).toBe('ErrorNonExistentMailbox')
  const options = (name: string) =>
    bob.ask(
      `<m:GetUserConfiguration><m:UserConfigurationName Name="${name}"><t:DistinguishedFolderId Id="root"/></m:UserConfigurationName><m:UserConfigurationProperties>All</m:UserConfigurationProperties></m:GetUserConfiguration>`,
    )
  expect(valuesIn((await options('OWA.UserOptions')).text, 'Value')).toEqual(['timezone', 'UTC'])
  expect((await options('Mine')).code).toBe('ErrorItemNotFound')
})
