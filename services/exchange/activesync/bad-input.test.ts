import fc from 'fast-check'
import { expect, test } from 'vitest'
import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import { added, Device, dataOf, folderSync, fromXml, idOf, openOffice, ping, readSync, removed } from './_device.ts'
import { child, textOf } from './elements.ts'

type Stage = Awaited<ReturnType<typeof openOffice>>

async function connected() {
  const stage = await openOffice()
  const device = await new Device(stage).connect()
  return { stage, device, contacts: device.folder('9'), inbox: device.folder('2') }
}

const contact = (name: string) => `<Contacts:FirstName>${name}</Contacts:FirstName>`
const named = async (stage: Stage, id = 'WITNESS') => {
  const witness = await new Device(stage, 'bob@contoso.com', id).connect()
  return (await witness.syncAll(witness.folder('9'))).map((each) => dataOf(each, 'Contacts:FirstName') ?? '').toSorted()
}

test('requests that end too early, at every byte, are refused and change nothing', async () => {
  const { stage, device, contacts } = await connected()
  await using _ = stage
  await device.syncAll(contacts)
  const before = await named(stage)
  const mail =
    '<ComposeMail:SendMail><ComposeMail:ClientId>c</ComposeMail:ClientId><ComposeMail:Mime opaque="1">To: bob@contoso.com\n\nx</ComposeMail:Mime></ComposeMail:SendMail>'
  const requests = [
    ['Sync', device.syncBody(contacts, added('1', contact('Cut')))],
    ['FolderSync', folderSync(device.keys.get('folders') ?? '')],
    ['Ping', ping([contacts])],
    ['SendMail', mail],
  ] as const
  for (const [command, xml] of requests) {
    const bytes = encodeWbxml(activeSyncCodePages, fromXml(xml))
    for (let end = 1; end < bytes.length; end += 1) {
      const { status, root } = await device.send(command, bytes.subarray(0, end))
      expect([command, end, status, root?.children.map(({ value }) => value)]).toEqual([command, end, 200, ['102']])
    }
  }
  expect(await named(stage, 'WITNESS2')).toEqual(before)
  expect((await device.send('Sync', device.syncBody(contacts))).raw).toHaveLength(0)
})

const huge = '99999999999999999999'
test.each([
  {
    what: 'a page that is not there',
    command: 'FolderSync',
    body: Buffer.from('03016a0000fe45014601', 'hex'),
    status: '102',
  },
  {
    what: 'a tag that is not there',
    command: 'FolderSync',
    body: Buffer.from('03016a0000077f01', 'hex'),
    status: '103',
  },
  { what: "another command's document", command: 'FolderSync', body: ping(['1']), status: '103' },
  { what: 'another character set', command: 'FolderSync', body: Buffer.from('0301040000075601', 'hex'), status: '102' },
  { what: 'a string table', command: 'FolderSync', body: Buffer.from('03016a0300000000075601', 'hex'), status: '102' },
  { what: 'a key of millions of digits', command: 'FolderSync', body: folderSync('1'.repeat(1_000_000)), status: '9' },
  { what: 'a negative key', command: 'FolderSync', body: folderSync('-1'), status: '9' },
  { what: 'no key', command: 'FolderSync', body: '<FolderHierarchy:FolderSync/>', status: '10' },
  {
    what: 'a huge interval',
    command: 'Ping',
    body: `<Ping:Ping><Ping:HeartbeatInterval>${huge}</Ping:HeartbeatInterval><Ping:Folders><Ping:Folder><Ping:Id>1</Ping:Id><Ping:Class>Email</Ping:Class></Ping:Folder></Ping:Folders></Ping:Ping>`,
    status: '4',
  },
  {
    what: 'a huge wait',
    command: 'Sync',
    body: `<AirSync:Sync><AirSync:Collections><AirSync:Collection><AirSync:SyncKey>1</AirSync:SyncKey><AirSync:CollectionId>1</AirSync:CollectionId></AirSync:Collection></AirSync:Collections><AirSync:Wait>${huge}</AirSync:Wait></AirSync:Sync>`,
    status: '4',
  },
  {
    what: 'a collection out of order',
    command: 'Sync',
    body: '<AirSync:Sync><AirSync:Collections><AirSync:Collection><AirSync:CollectionId>1</AirSync:CollectionId><AirSync:SyncKey>1</AirSync:SyncKey></AirSync:Collection></AirSync:Collections></AirSync:Sync>',
    status: '4',
  },
  {
    what: 'a collection without an id',
    command: 'Sync',
    body: '<AirSync:Sync><AirSync:Collections><AirSync:Collection><AirSync:SyncKey>1</AirSync:SyncKey></AirSync:Collection></AirSync:Collections></AirSync:Sync>',
    status: '4',
  },
] as const)('$what: Status $status, and the device goes on', async ({ command, body, status }) => {
  const { stage, device } = await connected()
  await using _ = stage
  const answer = await device.send(command, body)
  expect([answer.status, answer.root?.children.find(({ name }) => name.endsWith(':Status'))?.value]).toEqual([
    200,
    status,
  ])
  const { root } = await device.send('FolderSync', folderSync(device.keys.get('folders') ?? ''))
  expect(textOf(root, 'FolderHierarchy:Status')).toBe('1')
})

test('ids of another mailbox lead nowhere, whatever asks with them', async () => {
  const { stage, device, inbox } = await connected()
  await using _ = stage
  const [mine] = await device.syncAll(inbox)
  const id = idOf(mine)
  const dave = await new Device(stage, 'dave@contoso.com', device.id).connect()
  for (const folder of ['2', '4'] as const) await dave.syncAll(dave.folder(folder))
  const source = `<ComposeMail:Source><ComposeMail:FolderId>${inbox}</ComposeMail:FolderId><ComposeMail:ItemId>${id}</ComposeMail:ItemId></ComposeMail:Source>`
  const fetched = (
    await dave.send(
      'ItemOperations',
      `<ItemOperations:ItemOperations><ItemOperations:Fetch><ItemOperations:Store>Mailbox</ItemOperations:Store><Search:LongId>${id}</Search:LongId></ItemOperations:Fetch><ItemOperations:EmptyFolderContents><AirSync:CollectionId>${inbox}</AirSync:CollectionId></ItemOperations:EmptyFolderContents></ItemOperations:ItemOperations>`,
    )
  ).root
  const response = child(fetched, 'ItemOperations:Response')
  expect(response?.children.map((each) => textOf(each, 'ItemOperations:Status'))).toEqual(['6', '2'])
  const moved = await dave.send(
    'MoveItems',
    `<Move:MoveItems><Move:Move><Move:SrcMsgId>${id}</Move:SrcMsgId><Move:SrcFldId>${inbox}</Move:SrcFldId><Move:DstFldId>${dave.folder('4')}</Move:DstFldId></Move:Move></Move:MoveItems>`,
  )
  expect(textOf(child(moved.root, 'Move:Response'), 'Move:Status')).toBe('1')
  const forwarded = await dave.send(
    'SmartForward',
    `<ComposeMail:SmartForward><ComposeMail:ClientId>f</ComposeMail:ClientId>${source}<ComposeMail:Mime opaque="1">To: dave@contoso.com\n\nx</ComposeMail:Mime></ComposeMail:SmartForward>`,
  )
  expect(textOf(forwarded.root, 'ComposeMail:Status')).toBe('150')
  expect(textOf((await dave.send('Ping', ping([inbox]))).root, 'Ping:Status')).toBe('7')
  expect(textOf((await dave.sync(dave.folder('2'), removed(id))).responses[0], 'AirSync:Status')).toBe('8')
  const folder = `<FolderHierarchy:FolderDelete><FolderHierarchy:SyncKey>${dave.keys.get('folders')}</FolderHierarchy:SyncKey><FolderHierarchy:ServerId>${inbox}</FolderHierarchy:ServerId></FolderHierarchy:FolderDelete>`
  expect(textOf((await dave.send('FolderDelete', folder)).root, 'FolderHierarchy:Status')).toBe('4')
  // The same device id and the same keys, but another person's: neither disturbed the other.
  expect((await device.send('Sync', device.syncBody(inbox))).raw).toHaveLength(0)
})

type Doing = 'add' | 'change' | 'remove' | 'elsewhere' | 'nothing'
interface Turn {
  readonly doing: Doing
  /** The answer to what this turn asks does not reach the phone. */
  readonly lost: boolean
}

/** A phone that asks again, in the same words, what it heard no answer to. */
class LossyPhone {
  readonly #device: Device
  readonly #folder: string
  readonly names = new Map<string, string>()
  #unanswered: string | undefined
  #added: string | undefined
  #count = 0

  constructor(device: Device, folder: string) {
    this.#device = device
    this.#folder = folder
  }

  async turn(doing: Doing, lost: boolean): Promise<boolean> {
    const key = this.#device.keys.get(this.#folder) ?? '0'
    this.#unanswered ??= this.#device.syncBody(
      this.#folder,
      `<AirSync:WindowSize>2</AirSync:WindowSize>${this.#ask(doing)}`,
      key,
    )
    const { root, raw } = await this.#device.send('Sync', this.#unanswered)
    if (lost) return true
    this.#unanswered = undefined
    if (raw.length === 0) return false
    const answer = readSync(root)
    expect(answer.status).toBe('1')
    this.#device.keys.set(this.#folder, answer.key)
    for (const each of answer.responses) {
      const id = textOf(each, 'AirSync:ServerId')
      if (each.name === 'AirSync:Add' && id && this.#added) this.names.set(id, this.#added)
    }
    this.#added = undefined
    for (const each of [...answer.added, ...answer.changed])
      this.names.set(idOf(each), dataOf(each, 'Contacts:FirstName') ?? '')
    for (const id of answer.deleted) this.names.delete(id)
    return answer.more || answer.added.length + answer.changed.length + answer.deleted.length > 0
  }

  #ask(doing: Doing): string {
    this.#count += 1
    const [known] = this.names.keys()
    if (doing === 'add') {
      this.#added = `Phone ${this.#count}`
      return added(`c${this.#count}`, contact(this.#added))
    }
    if (known === undefined) return ''
    if (doing === 'change') {
      this.names.set(known, `Changed ${this.#count}`)
      return `<AirSync:Commands><AirSync:Change><AirSync:ServerId>${known}</AirSync:ServerId><AirSync:ApplicationData>${contact(`Changed ${this.#count}`)}</AirSync:ApplicationData></AirSync:Change></AirSync:Commands>`
    }
    if (doing !== 'remove') return ''
    this.names.delete(known)
    return removed(known)
  }
}

test('whatever answers get lost, phone and mailbox end with the same, nothing lost and nothing twice', async () => {
  await using stage = await openOffice()
  let run = 0
  const turn = fc.record<Turn>({
    doing: fc.constantFrom('add', 'change', 'remove', 'elsewhere', 'nothing'),
    lost: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 12 }), async (turns) => {
      run += 1
      // Else each phone begins with what all before it left, by two.
      await stage.reset()
      const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
      const contacts = other.folder('9')
      await other.syncAll(contacts)
      const device = await new Device(stage, 'bob@contoso.com', `LOSSY${run}`).connect()
      await device.sync(contacts, '', '0')
      const phone = new LossyPhone(device, contacts)
      for (const [index, { doing, lost }] of turns.entries()) {
        if (doing === 'elsewhere')
          await other.sync(contacts, added(`${run}-${index}`, contact(`Other ${run}-${index}`)))
        await phone.turn(doing, lost)
      }
      for (let more = true; more; ) more = await phone.turn('nothing', false)
      for (let more = true; more; ) more = await phone.turn('nothing', false)
      expect([...phone.names.values()].toSorted()).toEqual(await named(stage, `WITNESS${run}`))
    }),
    { numRuns: 25 },
  )
})
