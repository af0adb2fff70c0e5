import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Device, openOffice } from '#services/exchange/activesync/_device.ts'
import { activeSyncCodePages as pages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'

const vectors = new URL('../vectors/activesync/', import.meta.url)

interface Vector {
  readonly file: string
  readonly command: string
  readonly direction: string
}

type Office = Awaited<ReturnType<typeof openOffice>>

/** What hostile clients put in the place of a value; the ids of somebody are added when they are known. */
const seeds: readonly string[] = [
  ...[
    '',
    '0',
    '-1',
    '1',
    'NaN',
    '1e9',
    '99999999999999999999',
    '2147483648',
    'T',
    'true',
    '%00',
    '../..',
    "' OR 1=1--",
  ],
  ...['20260302T091500Z', '2026-13-45T99:99:99.000Z', '99991231T235959Z', '0-999', '9-0', '-', 'x'.repeat(4096)],
  ...['a@b', '<a@b>,,;', 'a@b\r\nBcc: c@d', '\ud800', '😀', '<script>', '{00000000-0000-0000-0000-000000000000}'],
  ...['AAAA', '=', 'QQ==', 'Mailbox', 'GAL', 'DocumentLibrary', 'Email', 'SMS', 'Calendar', '4', '8', '255'],
]

/**
 * Golden requests of every command, their trees and their bytes changed at random, on one server for so many seconds.
 * Any crash (500), any answer that is no WBXML, and a mailbox that cannot be synchronized afterwards ends the run.
 */
export async function fuzzActiveSync(seconds: number, say: (text: string) => void): Promise<string> {
  const catalogue = JSON.parse(readFileSync(new URL('index.json', vectors), 'utf8')) as Vector[]
  const requests = catalogue.filter(
    ({ direction, file }) => direction === 'request' && !/wait|ping|heartbeat/.test(file),
  )
  const statuses = new Map<number, number>()
  const until = performance.now() + seconds * 1000
  let [inputs, worlds] = [0, 0]
  while (performance.now() < until) {
    await using stage = await openOffice()
    worlds += 1
    const run = await FuzzRun.begin(stage)
    for (let round = 0; round < 2000 && performance.now() < until; round += 1) {
      const status = await run.once(requests[Math.floor(Math.random() * requests.length)] as Vector)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      inputs += 1
    }
    await run.witness()
    say(`${inputs} inputs, ${worlds} worlds`)
  }
  const shown = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`)
  return `ActiveSync fuzz: ${inputs} requests in ${worlds} worlds, ${shown.join(', ')}; each mailbox synchronized whole afterwards\n`
}

class FuzzRun {
  readonly #stage: Office
  readonly #device: Device
  readonly #ids: readonly string[]

  constructor(stage: Office, device: Device, ids: readonly string[]) {
    this.#stage = stage
    this.#device = device
    this.#ids = ids
  }

  static async begin(stage: Office): Promise<FuzzRun> {
    const device = await new Device(stage).connect()
    const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
    const ids = [...device.folders.values(), ...dave.folders.values()]
    for (const id of device.folders.values())
      for (const { children } of await device.syncAll(id))
        for (const { name, value } of children) if (name === 'AirSync:ServerId') ids.push(String(value))
    return new FuzzRun(stage, device, ids)
  }

  async once({ file, command }: Vector): Promise<number> {
    const golden = Buffer.from(readFileSync(new URL(`${file}.hex`, vectors), 'utf8').replace(/\s/g, ''), 'hex')
    const device = this.#device
    device.version = pick(['12.1', '14.0', '14.1', '16.0', '16.1'])
    const key = device.policyKey
    const bytes = Math.random() < 0.2 ? changedBytes(golden) : this.#changedTree(golden)
    const { status, raw, headers } = await device.send(command, bytes)
    device.policyKey = key
    // Otherwise everything after it would only be sent to provision, or to begin anew.
    if (command === 'Provision') await device.provision()
    if (command === 'FolderSync' || Math.random() < 0.02) await this.#prime()
    const isDocument = headers['content-type'] === 'application/vnd.ms-sync.wbxml' && raw.length > 0
    // Up to 12.1 a Status 110 is 500 too; what tells it from a crash is that it was decided.
    const isCrash = status === 500 && !this.#stage.events().at(-1)?.decisions?.includes('serverError')
    if (isCrash || (isDocument && raw.subarray(0, 4).toString('hex') !== '03016a00'))
      throw new Error(`${command} ${device.version} answered ${status} to ${bytes.toString('hex')}`)
    return status
  }

  #changedTree(golden: Buffer): Buffer {
    let root = decodeWbxml(pages, golden)
    if (Math.random() < 0.9) root = this.#grounded(root)
    const times = 1 + Math.floor(Math.random() * 4)
    for (let time = 0; time < times; time += 1) root = this.#mutate(root)
    return Buffer.from(encodeWbxml(pages, root))
  }

  async #prime(): Promise<void> {
    for (const id of this.#device.folders.values()) {
      await this.#device.sync(id, '', '0')
      await this.#device.sync(id)
    }
  }

  /** With ids and keys that are there, so that what is wrong comes later. */
  #grounded(element: WbxmlElement, folder = pick([...this.#device.folders.values()])): WbxmlElement {
    const { name, children, value } = element
    const place = name === 'AirSync:Collection' ? pick([...this.#device.folders.values()]) : folder
    if (children.length > 0) return { ...element, children: children.map((each) => this.#grounded(each, place)) }
    if (typeof value !== 'string') return element
    if (name === 'AirSync:SyncKey' && value !== '0') return { ...element, value: this.#device.keys.get(place) ?? '1' }
    if (name === 'FolderHierarchy:SyncKey') return { ...element, value: this.#device.keys.get('folders') ?? '1' }
    if (/(CollectionId|FldId|FolderId|ParentId|:Id)$/.test(name)) return { ...element, value: place }
    if (/(ServerId|MsgId|ItemId|LongId|RequestId)$/.test(name)) return { ...element, value: pick(this.#ids) }
    return element
  }

  /** One element somewhere below: gone, twice, elsewhere, renamed, or with another value. */
  #mutate(element: WbxmlElement): WbxmlElement {
    const { children } = element
    if (children.length === 0) return { ...element, value: this.#value() }
    const place = Math.floor(Math.random() * children.length)
    const chosen = children[place] as WbxmlElement
    const others = children.filter((_, index) => index !== place)
    const kind = Math.floor(Math.random() * 9)
    if (kind === 0) return { ...element, children: others }
    if (kind === 1) return { ...element, children: [...children, chosen] }
    if (kind === 2) return { ...element, children: [...others, chosen] }
    if (kind === 3) return { ...element, children: [chosen, ...others] }
    const changed = kind === 4 ? { ...chosen, name: pick(names) } : this.#mutate(chosen)
    return { ...element, children: children.map((each, index) => (index === place ? changed : each)) }
  }

  #value(): string | Buffer | undefined {
    const kind = Math.random()
    if (kind < 0.05) return undefined
    if (kind < 0.1) return randomBytes(20)
    if (kind < 0.25) return pick([...this.#device.keys.values(), '0'])
    return kind < 0.6 ? pick(this.#ids) : pick(seeds).toWellFormed().replaceAll('\0', '')
  }

  /** What is left of the mailbox is whole. */
  async witness(): Promise<void> {
    const witness = await new Device(this.#stage, 'bob@contoso.com', 'WITNESS').connect()
    witness.version = '16.1'
    for (const id of witness.folders.values()) await witness.syncAll(id)
  }
}

const names = pages.names.filter((name): name is string => name !== undefined)

function pick<Value>(values: readonly Value[]): Value {
  return values[Math.floor(Math.random() * values.length)] as Value
}

function changedBytes(golden: Buffer): Buffer {
  const bytes = Buffer.from(golden)
  const random = randomBytes(12)
  for (let change = 0; change < 6; change += 1)
    bytes[4 + ((random[change] ?? 0) % (bytes.length - 4))] = random[change + 6] ?? 0
  return Math.random() < 0.3 ? bytes.subarray(0, 4 + ((random[0] ?? 0) % bytes.length)) : bytes
}
