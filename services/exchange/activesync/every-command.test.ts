import { afterAll, beforeAll, expect, test } from 'vitest'
import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { WbxmlError } from '#shared/wbxml/wbxml-error.ts'
import { Device, dataOf, folderSync, openOffice, sendMail } from './_device.ts'
import { commandNames, encoded, requestOf, type Targets, targetsOf } from './_requests.ts'
import { all, child, textOf } from './elements.ts'

/* What is wrong with a request, for each command: it is refused or answered, and the mailbox is as it was. */
type Stage = Awaited<ReturnType<typeof openOffice>>
const open = new AsyncDisposableStack()
let stage: Stage
let device: Device
let targets: Targets

const invitation = [
  ...['BEGIN:VCALENDAR', 'METHOD:REQUEST', 'BEGIN:VEVENT', 'UID:m-1', 'DTSTAMP:20260302T110000Z'],
  ...['DTSTART:20260305T100000Z', 'DTEND:20260305T110000Z', 'SUMMARY:Review', 'ORGANIZER:mailto:dave@contoso.com'],
  ...['ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@contoso.com', 'END:VEVENT', 'END:VCALENDAR', ''],
].join('\n')
const head =
  'To: bob@contoso.com\nSubject: Review\nMIME-Version: 1.0\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\n'

function unconnected(on: Stage, id: string, person: string): Device {
  const made = new Device(on, person, id)
  made.version = '16.1'
  return made
}

const phone = (on: Stage, id = 'PHONE', person = 'bob@contoso.com') => unconnected(on, id, person).connect()

async function office() {
  const opened = await openOffice()
  await sendMail(await phone(opened, 'DAVE', 'dave@contoso.com'), 'i', `${head}${invitation}`)
  return opened
}

beforeAll(async () => {
  stage = open.use(await office())
  device = await phone(stage)
  targets = await targetsOf(device)
  untouched = await mailboxes()
})
afterAll(() => open.disposeAsync())

const titles = ['Email:Subject', 'Calendar:Subject', 'Contacts:FirstName', 'Tasks:Subject', 'Notes:Subject']

/** Everything of these collections, in one request for all of them and one for each next page. */
async function itemsOf(witness: Device, ids: readonly string[]): Promise<ReadonlyMap<string, readonly WbxmlElement[]>> {
  const items = new Map(ids.map((id): [string, WbxmlElement[]] => [id, []]))
  for (let keys = new Map(ids.map((id) => [id, '0'])); keys.size > 0; ) {
    const asked = [...keys].map(([id, key]) => tag('Collection', tag('SyncKey', key) + tag('CollectionId', id)))
    const { root } = await witness.send('Sync', tag('Sync', tag('Collections', asked.join(''))))
    const next = new Map<string, string>()
    for (const each of all(child(root, 'AirSync:Collections'), 'AirSync:Collection')) {
      const id = textOf(each, 'AirSync:CollectionId') ?? ''
      expect([id, textOf(each, 'AirSync:Status')]).toEqual([id, '1'])
      items.get(id)?.push(...all(child(each, 'AirSync:Commands'), 'AirSync:Add'))
      const isMore = keys.get(id) === '0' || child(each, 'AirSync:MoreAvailable') !== undefined
      if (isMore) next.set(id, textOf(each, 'AirSync:SyncKey') ?? '')
    }
    keys = next
  }
  return items
}

const tag = (name: string, inner: string) => `<AirSync:${name}>${inner}</AirSync:${name}>`

/** What a device that begins anew sees of a mailbox: the names of the folders, and of what is in each. */
async function contents(on: Stage, person: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const witness = unconnected(on, 'WITNESS', person)
  await witness.provision()
  const { root } = await witness.send('FolderSync', folderSync('0'))
  const folders = all(child(root, 'FolderHierarchy:Changes'), 'FolderHierarchy:Add')
  const idOf = (folder: WbxmlElement) => textOf(folder, 'FolderHierarchy:ServerId') ?? ''
  const items = await itemsOf(witness, folders.map(idOf))
  const named = folders.map((folder) => {
    const shown = items.get(idOf(folder))?.map((each) => titles.map((name) => dataOf(each, name)).find(isText))
    return [textOf(folder, 'FolderHierarchy:DisplayName') ?? '', shown?.map(String).toSorted() ?? []] as const
  })
  return Object.fromEntries(named)
}

const isText = (text: string | undefined) => text !== undefined

const mailboxes = async (on = stage) => [await contents(on, 'bob@contoso.com'), await contents(on, 'dave@contoso.com')]

/** Before anything was done to them. */
let untouched: Awaited<ReturnType<typeof mailboxes>>

const statusOf = (root: WbxmlElement | undefined) => root?.children.find(({ name }) => name.endsWith(':Status'))?.value

test.each(commandNames)(
  '%s that ends too early, at every byte, is refused: 102, and 400 before 14.0',
  async (command) => {
    const bytes = encoded(requestOf(command, device, targets))
    const answers = new Set<string>()
    const ends = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1)
    for (const end of ends) expect(() => decodeWbxml(activeSyncCodePages, bytes.subarray(0, end))).toThrow(WbxmlError)
    // Every end is the same to the reader; of these over the wire each tenth, the shortest and the longest.
    for (const end of ends.filter((each) => each % 10 === 1 || each === bytes.length - 1)) {
      const { status, root } = await device.send(command, bytes.subarray(0, end))
      answers.add(`${status} ${statusOf(root)}`)
    }
    expect(answers).toEqual(new Set(['200 102']))
    const old = new Device(stage, 'bob@contoso.com', 'OLD')
    old.version = '12.1'
    await old.connect()
    const { status, raw } = await old.send(command, bytes.subarray(0, -1))
    // Find is of 16.1; of mail the body is the message itself, and this is none.
    expect([status, raw.length]).toEqual([command === 'Find' ? 501 : 400, 0])
    expect(await mailboxes()).toEqual(untouched)
  },
)

/** The same document with one of its elements changed, for each of them. */
function variants(root: WbxmlElement, change: (element: WbxmlElement) => readonly WbxmlElement[]): WbxmlElement[] {
  return root.children.flatMap((each, index) => {
    const replaced = (by: WbxmlElement) => ({ ...root, children: root.children.with(index, by) })
    return [...change(each), ...variants(each, change)].map(replaced)
  })
}

const unused = 0x3f
const numbers = ['9'.repeat(5000), '-1', '4294967296', '1e400', '']
const wrongs: Readonly<Record<string, (root: WbxmlElement) => readonly (WbxmlElement | Buffer)[]>> = {
  'a page that is not there': (root) => pageSwitches(encoded(root), 0xfe),
  'another page': (root) => pageSwitches(encoded(root), 4),
  'a tag that is not there': (root) => {
    const bytes = encoded(root)
    const place = bytes.length - 1
    return [Buffer.concat([bytes.subarray(0, place), Buffer.from([unused]), bytes.subarray(place)])]
  },
  'an element of something else': (root) => [
    { ...root, children: [{ name: 'Notes:Subject', children: [], value: 'x' }, ...root.children] },
  ],
  'its elements in the wrong order': (root) => [
    { ...root, children: root.children.toReversed() },
    ...variants(root, (each) => (each.children.length > 1 ? [{ ...each, children: each.children.toReversed() }] : [])),
  ],
  'huge and odd numbers': (root) =>
    variants(root, (each) => (typeof each.value === 'string' ? numbers.map((value) => ({ ...each, value })) : [])),
  'children where a text belongs, and a text where children belong': (root) =>
    variants(root, (each) =>
      each.children.length > 0
        ? [{ ...each, children: [], value: 'x' }]
        : [{ ...each, value: undefined, children: [each] }],
    ),
}

function pageSwitches(bytes: Buffer, page: number): readonly Buffer[] {
  const places = [...bytes.keys()].filter((place) => place > 3 && bytes[place] === 0 && (bytes[place + 1] ?? 99) < 26)
  return places.map((place) => Buffer.from(bytes.with(place + 1, page)))
}

test.each(commandNames)(
  '%s with what does not belong there is answered or refused; nothing crashes or is lost',
  async (command) => {
    const before = Object.values(await contents(stage, 'bob@contoso.com')).flat()
    const seen = new Map<string, Set<number>>()
    let count = 0
    for (const [what, wrong] of Object.entries(wrongs))
      for (const each of wrong(requestOf(command, device, targets))) {
        count += 1
        const { status } = await ended(device.send(command, Buffer.isBuffer(each) ? each : encoded(each)))
        seen.set(what, (seen.get(what) ?? new Set()).add(status))
      }
    expect(count).toBeGreaterThan(10)
    for (const [what, statuses] of seen) expect([what, [...statuses]]).toEqual([what, [200]])
    await restore()
    const after = Object.values(await contents(stage, 'bob@contoso.com')).flat()
    for (const title of before) {
      expect(after).toContain(title)
      after.splice(after.indexOf(title), 1)
    }
  },
)

/** What is right after all may wait: a newer request of the device ends it, once it waits. */
async function ended<Answer>(sent: Promise<Answer>): Promise<Answer> {
  let isOpen = true
  const done = sent.finally(() => {
    isOpen = false
  })
  for (let turn = 1; isOpen; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    if (turn % 50 === 0) await device.send('Sync', device.syncBody(targets.contacts))
  }
  return done
}

/** After a Provision that was right, or folders that are others, the phone begins anew. */
async function restore() {
  device = await phone(stage)
  targets = await targetsOf(device)
}

const key = { Sync: '3', FolderSync: '9', FolderCreate: '9', FolderUpdate: '9', FolderDelete: '9' } as const
const keyed = Object.entries(key) as [keyof typeof key, string][]

test.each(keyed)('%s under a key that nobody gave it: Status %s, and nothing is done', async (command, status) => {
  const before = await mailboxes()
  for (const wrong of ['7', '-1', '00', '99999999999999999999', '{a}', ' ', 'x'.repeat(65)]) {
    const [own] = variants(requestOf(command, device, targets), (each) =>
      each.name.endsWith(':SyncKey') ? [{ ...each, value: wrong }] : [],
    )
    const { root } = await device.send(command, encoded(own as WbxmlElement))
    const said = command === 'Sync' ? statusOf(root?.children[0]?.children[0]) : statusOf(root)
    expect([wrong, said]).toEqual([wrong, status])
  }
  expect(await mailboxes()).toEqual(before)
})

test.each(commandNames)(
  '%s of another person with the ids of this one, from a device of the same id',
  async (command) => {
    const before = await contents(stage, 'bob@contoso.com')
    const dave = await phone(stage, device.id, 'dave@contoso.com')
    await targetsOf(dave)
    const { status, root } = await dave.send(command, encoded(requestOf(command, dave, targets)))
    expect([status, JSON.stringify(root ?? {}).includes('Rechnung')]).toEqual([200, false])
    // What Dave does is done in his own mailbox, or not at all.
    expect(await contents(stage, 'bob@contoso.com')).toEqual(before)
  },
)

/** One world in which each request comes once, and one in which it comes again and again. */
interface Worlds {
  readonly once: Stage
  readonly often: Stage
  readonly single: Device
  readonly repeating: Device
  readonly aims: Targets
  readonly otherAims: Targets
}
let worlds: Worlds | undefined

async function twoWorlds(): Promise<Worlds> {
  if (worlds) return worlds
  const [once, often] = [open.use(await office()), open.use(await office())]
  const [single, repeating] = [await phone(once), await phone(often)]
  worlds = { once, often, single, repeating, aims: await targetsOf(single), otherAims: await targetsOf(repeating) }
  return worlds
}

function keepKeys(sender: Device, { inbox, contacts }: Targets, root: WbxmlElement | undefined) {
  const key = textOf(root, 'FolderHierarchy:SyncKey')
  if (key !== undefined) sender.keys.set('folders', key)
  return Promise.all([inbox, contacts].map((id) => sender.sync(id)))
}

const changing = commandNames.filter(
  (name) =>
    !/^(FolderSync|GetItemEstimate|Search|Find|Settings|Ping|Provision|ResolveRecipients|ValidateCert)$/.test(name),
)

test.each(changing)('%s that comes twice, and three times at once, is done once', async (command) => {
  const { once, often, single, repeating, aims, otherAims } = await twoWorlds()
  const before = await mailboxes(once)
  const { root } = await single.send(command, encoded(requestOf(command, single, aims)))
  const bytes = encoded(requestOf(command, repeating, otherAims))
  const send = () => repeating.send(command, bytes)
  const first = await send()
  await send()
  await Promise.all([send(), send(), send()])
  await keepKeys(single, aims, root)
  await keepKeys(repeating, otherAims, first.root)
  const after = await mailboxes(once)
  expect(await mailboxes(often)).toEqual(after)
  // Where the folder that is emptied is empty already there is nothing to see.
  if (command !== 'ItemOperations') expect(after).not.toEqual(before)
})

test.each(changing)(
  '%s of two devices of a person at once: both end with the same, and nothing is lost',
  async (command) => {
    const { once, single, aims } = await twoWorlds()
    const second = await phone(once, 'SECOND')
    const own = { ...(await targetsOf(second)), folder: aims.folder, items: aims.items }
    const before = Object.values(await contents(once, 'bob@contoso.com')).flat()
    const answers = await Promise.all([
      single.send(command, encoded(requestOf(command, single, aims))),
      second.send(command, encoded(requestOf(command, second, own))),
    ])
    for (const { status } of answers) expect(status).toBe(200)
    await keepKeys(single, aims, answers[0]?.root)
    const after = await contents(once, 'bob@contoso.com')
    for (const title of before) expect(Object.values(after).flat()).toContain(title)
    const [inbox, inSecond] = await Promise.all([single.syncAll(aims.inbox), second.syncAll(aims.inbox)])
    expect(inSecond).toEqual(inbox)
  },
)
