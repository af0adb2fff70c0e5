import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { nextAlarm, passTimeUntil } from '#test/actors/alarms.ts'
import { added, changed, Device, dataOf, folderSync, idOf, openOffice, ping, removed, sendMail } from './_device.ts'
import { all, child, textOf } from './elements.ts'

/*
 * Behaviour of servers that broke real clients, by the number that each has in the table of the README ("§30-NN").
 * Those that other tests are about anyway carry their number there.
 */
async function connected(version = '14.1') {
  const stage = await openOffice()
  const device = new Device(stage)
  device.version = version
  await device.connect()
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  return { stage, device, other, dave }
}

const applicationOf = (item: WbxmlElement | undefined) => child(item, 'AirSync:ApplicationData')
const bodyOf = (item: WbxmlElement | undefined) => child(applicationOf(item), 'AirSyncBase:Body')
const bySubject = (items: readonly WbxmlElement[], subject: string) =>
  items.find((each) => dataOf(each, 'Email:Subject') === subject || dataOf(each, 'Calendar:Subject') === subject)

test('each of the 36 has a test', () => {
  const folders = ['.', 'classes', 'devices', '../../../shared/wbxml'].map(
    (each) => new URL(`${each}/`, import.meta.url),
  )
  const texts = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8')),
  )
  const titles = texts.flatMap((text) => text.match(/^ *(test.*|\)|\]\))?\(?'§30-.*/gm) ?? [])
  const found = new Set(
    titles.flatMap((title) => [...title.matchAll(/§30-(\d\d)/g)].map(([, number]) => Number(number))),
  )
  expect([...found].sort((a, b) => a - b)).toEqual(Array.from({ length: 36 }, (_, index) => index + 1))
})

test('§30-01 every answer with a body is WBXML with the one header, refusals too', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const answers = [
    await device.send('FolderSync', folderSync('0')),
    await device.send('FolderSync', folderSync('wrong')),
    await device.send('FolderSync', Buffer.from('<html>')),
    await device.send('Sync', '<AirSync:Sync/>'),
    await device.send('Nonsense', folderSync('0')),
    await device.send('Ping'),
  ]
  for (const { raw, headers } of answers) {
    if (raw.length === 0) continue
    expect([raw.subarray(0, 4).toString('hex'), headers['content-type']]).toEqual([
      '03016a00',
      'application/vnd.ms-sync.wbxml',
    ])
  }
  expect(answers.filter(({ raw }) => raw.length > 0).length).toBeGreaterThanOrEqual(5)
})

test.each(['12.1', '14.0', '14.1', '16.0', '16.1'])(
  '§30-05 §30-06 in %s no news is an empty answer under the same key, never an empty Collections',
  async (version) => {
    const { stage, device } = await connected(version)
    await using _ = stage
    const [inbox, contacts] = [device.folder('2'), device.folder('9')]
    for (const id of [inbox, contacts]) await device.syncAll(id)
    for (let turn = 0; turn < 2; turn += 1) {
      const { status, raw, headers } = await device.send('Sync', device.syncBody(inbox))
      expect([status, raw.length, headers['content-length'], headers['content-type']]).toEqual([200, 0, '0', undefined])
    }
    await device.sync(contacts, added('1', '<Contacts:FirstName>Nina</Contacts:FirstName>'))
    const collection = (id: string) =>
      `<AirSync:Collection><AirSync:SyncKey>${device.keys.get(id)}</AirSync:SyncKey><AirSync:CollectionId>${id}</AirSync:CollectionId></AirSync:Collection>`
    const both = `<AirSync:Sync><AirSync:Collections>${collection(inbox)}${collection(contacts)}</AirSync:Collections></AirSync:Sync>`
    expect((await device.send('Sync', both)).raw).toHaveLength(0)
  },
)

test('§30-10 an item is the same bytes whenever it is read, and being read is no change', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const inbox = device.folder('2')
  const [first] = await device.syncAll(inbox)
  const fetch = `<AirSync:Commands><AirSync:Fetch><AirSync:ServerId>${idOf(first)}</AirSync:ServerId></AirSync:Fetch></AirSync:Commands>`
  const once = await device.sync(inbox, fetch)
  await stage.clock.advance(3_600_000)
  const twice = await device.sync(inbox, fetch)
  expect(once.responses).toEqual(twice.responses)
  expect(twice.changed).toEqual([])
  expect((await device.send('Sync', device.syncBody(inbox))).raw).toHaveLength(0)
})

test('§30-11 Ping says 2 only where Sync then finds something', async () => {
  const { stage, device, other, dave } = await connected('12.1')
  await using _ = stage
  const [inbox, bin, calendar] = [device.folder('2'), device.folder('4'), device.folder('8')]
  for (const each of [device, other]) for (const id of [inbox, bin, calendar]) await each.syncAll(id)
  const event = '<Calendar:Subject>Fair</Calendar:Subject><Calendar:StartTime>20260310T100000Z</Calendar:StartTime>'
  const { responses } = await other.sync(calendar, added('1', event))
  const meeting = textOf(responses[0], 'AirSync:ServerId') ?? ''
  const [first] = await new Device(stage, 'bob@contoso.com', 'THIRD').connect().then((each) => each.syncAll(inbox))
  const categories = '<Email:Categories><Email:Category>Red</Email:Category></Email:Categories>'
  const doings: (() => Promise<unknown>)[] = [
    // Categories are of 14.0, and an appointment among deleted mail is no mail.
    () => other.sync(inbox, changed(idOf(first), categories)),
    () => other.sync(calendar, removed(meeting)),
    () => other.sync(inbox, changed(idOf(first), '<Email:Read>1</Email:Read>')),
    () => sendMail(dave, 'news', 'To: bob@contoso.com\nSubject: News\n\nHello\n'),
    () => other.sync(inbox, removed(idOf(first))),
  ]
  const outcomes: string[] = []
  for (const doing of doings) {
    await doing()
    for (const id of [inbox, bin, calendar]) {
      const alarm = nextAlarm(stage.clock)
      const answer = device.send('Ping', ping([id], 60))
      const said = textOf((await passTimeUntil(stage.clock, 61_000, { answer, alarm })).root, 'Ping:Status')
      const { raw } = await device.send('Sync', device.syncBody(id))
      outcomes.push(`${said} ${raw.length > 0 ? 'news' : 'nothing'}`)
      if (raw.length > 0) await device.sync(id)
    }
  }
  expect(new Set(outcomes)).toEqual(new Set(['1 nothing', '2 news']))
  expect([outcomes[0], outcomes[4]]).toEqual(['1 nothing', '1 nothing'])
})

test('§30-15 a body is always there; an empty one has no Data, and a NUL is in none', async () => {
  const { stage, device, dave } = await connected()
  await using _ = stage
  const inbox = device.folder('2')
  await device.syncAll(inbox)
  await sendMail(dave, 'empty', 'To: bob@contoso.com\nSubject: Empty\n\n')
  const head =
    'To: bob@contoso.com\nSubject: Nul\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n'
  await sendMail(dave, 'nul', `${head}${Buffer.from('caf\xe9\0end\x01', 'latin1').toString('base64')}\n`)
  const { added: items } = await device.sync(inbox)
  const empty = bodyOf(bySubject(items, 'Empty'))
  expect([child(empty, 'AirSyncBase:Data'), textOf(empty, 'AirSyncBase:EstimatedDataSize')]).toEqual([undefined, '0'])
  expect(textOf(bodyOf(bySubject(items, 'Nul')), 'AirSyncBase:Data')?.trim()).toMatch(/^café\S?end\S?$/)
  expect(textOf(bodyOf(bySubject(items, 'Nul')), 'AirSyncBase:Data')).not.toContain('\0')
})

test('§30-23 what went wrong with a message is a Status in an answer, and success is no bytes at all', async () => {
  const { stage, device, dave } = await connected()
  await using _ = stage
  const nobody = await sendMail(device, 'a', 'Subject: To nobody\n\nHello\n')
  expect([nobody.status, textOf(nobody.root, 'ComposeMail:Status')]).toEqual([200, '119'])
  const nothing = await device.send(
    'SendMail',
    '<ComposeMail:SendMail><ComposeMail:ClientId>b</ComposeMail:ClientId></ComposeMail:SendMail>',
  )
  expect([nothing.status, textOf(nothing.root, 'ComposeMail:Status')]).toEqual([200, '107'])
  const unknown =
    '<ComposeMail:Source><ComposeMail:FolderId>1</ComposeMail:FolderId><ComposeMail:ItemId>2</ComposeMail:ItemId></ComposeMail:Source>'
  const reply = await device.send(
    'SmartReply',
    `<ComposeMail:SmartReply><ComposeMail:ClientId>c</ComposeMail:ClientId>${unknown}<ComposeMail:Mime opaque="1">To: dave@contoso.com\n\nx</ComposeMail:Mime></ComposeMail:SmartReply>`,
  )
  expect([reply.status, textOf(reply.root, 'ComposeMail:Status')]).toEqual([200, '150'])
  // Under the id that was refused: nothing was sent by it.
  const sent = await sendMail(device, 'a', 'To: dave@contoso.com\nSubject: Fine\n\nHello\n')
  expect([sent.status, sent.raw.length, sent.headers['content-type']]).toEqual([200, 0, undefined])
  expect(bySubject(await dave.syncAll(dave.folder('2')), 'Fine')).toBeDefined()
})

test('a reply that is refused leaves no mark at the original, and is no reason to refuse the next', async () => {
  const { stage, device } = await connected()
  await using _ = stage
  const inbox = device.folder('2')
  const [original] = await device.syncAll(inbox)
  const reply = (to: string) =>
    device.send(
      'SmartReply',
      `<ComposeMail:SmartReply><ComposeMail:ClientId>r</ComposeMail:ClientId><ComposeMail:Source><ComposeMail:FolderId>${inbox}</ComposeMail:FolderId><ComposeMail:ItemId>${idOf(original)}</ComposeMail:ItemId></ComposeMail:Source><ComposeMail:Mime opaque="1">${to}Subject: Re\n\nx</ComposeMail:Mime></ComposeMail:SmartReply>`,
    )
  expect(textOf((await reply('')).root, 'ComposeMail:Status')).toBe('119')
  expect((await device.sync(inbox)).changed).toEqual([])
  expect((await reply('To: dave@contoso.com\n')).raw).toHaveLength(0)
  const [marked] = (await device.sync(inbox)).changed
  expect([idOf(marked), dataOf(marked, 'Email2:LastVerbExecuted')]).toEqual([idOf(original), '1'])
})

test('§30-25 folders keep short plain ids, and nobody hears of the end of one that they never knew', async () => {
  const { stage, device, other } = await connected()
  await using _ = stage
  const folder = async (command: string, inner: string) => {
    const key = device.keys.get('folders')
    const { root } = await device.send(
      command,
      `<FolderHierarchy:${command}><FolderHierarchy:SyncKey>${key}</FolderHierarchy:SyncKey>${inner}</FolderHierarchy:${command}>`,
    )
    device.keys.set('folders', textOf(root, 'FolderHierarchy:SyncKey') ?? '')
    return textOf(root, 'FolderHierarchy:ServerId') ?? ''
  }
  const place = (name: string, parent = '0') =>
    `<FolderHierarchy:ParentId>${parent}</FolderHierarchy:ParentId><FolderHierarchy:DisplayName>${name}</FolderHierarchy:DisplayName>`
  const mail = '<FolderHierarchy:Type>12</FolderHierarchy:Type>'
  const kept = await folder('FolderCreate', place('Ümläute und Blänks') + mail)
  const gone = await folder('FolderCreate', place('Gone') + mail)
  const serverId = (id: string) => `<FolderHierarchy:ServerId>${id}</FolderHierarchy:ServerId>`
  await folder('FolderDelete', serverId(gone))
  const changes = async () => {
    const { root } = await other.send('FolderSync', folderSync(other.keys.get('folders') ?? ''))
    other.keys.set('folders', textOf(root, 'FolderHierarchy:SyncKey') ?? '')
    return child(root, 'FolderHierarchy:Changes')
  }
  const first = await changes()
  expect(first?.children.map(({ name }) => name)).toEqual(['FolderHierarchy:Count', 'FolderHierarchy:Add'])
  expect(kept).toMatch(/^[\w-]{1,64}$/)
  await folder('FolderUpdate', serverId(kept) + place('Renamed', device.folder('2')))
  const [update] = all(await changes(), 'FolderHierarchy:Update')
  expect([textOf(update, 'FolderHierarchy:ServerId'), textOf(update, 'FolderHierarchy:ParentId')]).toEqual([
    kept,
    device.folder('2'),
  ])
  for (const id of device.folders.values()) expect(id).toMatch(/^[\w-]{1,64}$/)
})

test('§30-27 the reference of a file survives a URL', async () => {
  const { stage, device, dave } = await connected('12.1')
  await using _ = stage
  const inbox = device.folder('2')
  await device.syncAll(inbox)
  const part =
    'Content-Type: text/plain; name="a &amp; b/c?.txt"\nContent-Disposition: attachment; filename="ä+&amp;%2F b.txt"\n\nhello'
  const mime = `To: bob@contoso.com\nSubject: File\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n${part}\n--b--\n`
  await sendMail(dave, 'file', mime)
  const [item] = (await device.sync(inbox)).added
  const file = child(child(applicationOf(item), 'AirSyncBase:Attachments'), 'AirSyncBase:Attachment')
  const reference = textOf(file, 'AirSyncBase:FileReference') ?? ''
  expect(encodeURIComponent(reference)).toBe(reference)
  const { status, raw } = await device.send(`GetAttachment&AttachmentName=${reference}`)
  expect([status, raw.toString().trim()]).toEqual([200, 'hello'])
})
