import type { Element } from '@xmldom/xmldom'
import { DOMParser } from '@xmldom/xmldom'
import type { LightMyRequestResponse } from 'fastify'
import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import { branch, leaf, type WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { openStage, type Peers, type Stage } from '../_stage.ts'
import { all, child, textOf } from './elements.ts'

/** The directory says yes to every password but "wrong". */
export async function openOffice(peers?: Peers): Promise<Stage> {
  let scenario: Stage['scenario'] | undefined
  const directory: Peers = (url, request) => {
    if (url.pathname !== '/logon') return { status: 404, body: '{}' }
    const { identity, password } = request.json as { identity: string; password: string }
    const user = scenario?.users.find((each) => each.userPrincipalName === identity)
    if (!user || password === 'wrong') return { status: 401, body: '{"status":"STATUS_WRONG_PASSWORD"}' }
    return { status: 200, body: JSON.stringify({ user: { objectGuid: user.objectGuid } }) }
  }
  const stage = await openStage({ name: 'exchange-onprem', peers: peers ?? directory })
  scenario = stage.scenario
  return stage
}

const encode = (root: WbxmlElement) => encodeWbxml(activeSyncCodePages, root)

/** A document from XML in which a prefix names the code page, such as `<AirSync:Sync>`. */
export function fromXml(xml: string): WbxmlElement {
  const pages = [...new Set([...xml.matchAll(/<(\w+):/g)].map(([, page]) => page))]
  const names = pages.map((page) => `xmlns:${page}="${page}"`).join(' ')
  const text = xml.replace(/^<([\w:]+)/, `<$1 ${names}`)
  return treeOf(new DOMParser().parseFromString(text, 'text/xml').documentElement as Element)
}

function treeOf(element: Element): WbxmlElement {
  const name = `${element.namespaceURI}:${element.localName}`
  const children = [...element.childNodes].filter((node) => node.nodeType === 1) as Element[]
  if (children.length > 0) return branch(name, children.map(treeOf))
  const text = element.textContent ?? ''
  const isOpaque = element.getAttribute('opaque') !== null
  return leaf(name, text === '' ? undefined : isOpaque ? Buffer.from(text) : text)
}

export interface DeviceAnswer {
  readonly status: number
  readonly headers: LightMyRequestResponse['headers']
  readonly raw: Buffer
  /** Undefined for an empty answer. */
  readonly root: WbxmlElement | undefined
}

export interface SyncAnswer {
  readonly key: string
  readonly status: string | undefined
  readonly more: boolean
  readonly added: readonly WbxmlElement[]
  readonly changed: readonly WbxmlElement[]
  readonly deleted: readonly string[]
  readonly left: readonly string[]
  readonly responses: readonly WbxmlElement[]
}

/** What a phone sends its requests to. */
export interface Reachable {
  readonly app: {
    inject(request: DeviceRequest): Promise<Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'rawPayload'>>
  }
}

export interface DeviceRequest {
  readonly method: 'POST'
  readonly url: string
  readonly headers: Record<string, string>
  readonly payload?: string | Buffer
}

/** A phone as tests need one: it keeps its policy key and the keys of its collections. */
export class Device {
  readonly #stage: Reachable
  readonly id: string
  readonly person: string
  version = '14.1'
  policyKey: number | undefined = 0
  password = 'right'
  readonly keys = new Map<string, string>()
  folders = new Map<string, string>()

  constructor(stage: Reachable, person = 'bob@contoso.com', id = 'DEVICE1') {
    this.#stage = stage
    this.person = person
    this.id = id
  }

  async send(command: string, body?: string | Buffer, headers: Record<string, string> = {}): Promise<DeviceAnswer> {
    const payload = typeof body === 'string' ? encode(fromXml(body)) : body
    const answer = await this.#stage.app.inject({
      method: 'POST',
      url: `/Microsoft-Server-ActiveSync?Cmd=${command}&User=x&DeviceId=${this.id}&DeviceType=Phone`,
      headers: {
        host: 'mail.contoso.com',
        authorization: `Basic ${Buffer.from(`${this.person}:${this.password}`).toString('base64')}`,
        'ms-asprotocolversion': this.version,
        ...(this.policyKey !== undefined && { 'x-ms-policykey': String(this.policyKey) }),
        ...(payload && { 'content-type': 'application/vnd.ms-sync.wbxml' }),
        ...headers,
      },
      ...(payload && { payload }),
    })
    const raw = answer.rawPayload
    const isDocument = answer.headers['content-type'] === 'application/vnd.ms-sync.wbxml' && raw.length > 0
    const isPlain = answer.headers['content-encoding'] === undefined
    const root = isDocument && isPlain ? decodeWbxml(activeSyncCodePages, raw) : undefined
    return { status: answer.statusCode, headers: answer.headers, raw, root }
  }

  async provision(): Promise<void> {
    const policy = '<Provision:PolicyType>MS-EAS-Provisioning-WBXML</Provision:PolicyType>'
    const information =
      Number(this.version) >= 14.1
        ? '<Settings:DeviceInformation><Settings:Set><Settings:Model>Test</Settings:Model></Settings:Set></Settings:DeviceInformation>'
        : ''
    const ask = (inner: string, before = '') =>
      this.send(
        'Provision',
        `<Provision:Provision>${before}<Provision:Policies><Provision:Policy>${inner}</Provision:Policy></Provision:Policies></Provision:Provision>`,
      )
    const offered = policyKeyOf((await ask(policy, information)).root)
    const key = `<Provision:PolicyKey>${offered}</Provision:PolicyKey><Provision:Status>1</Provision:Status>`
    this.policyKey = Number(policyKeyOf((await ask(`${policy}${key}`)).root))
  }

  /** Provisioned, with the folders by their type, and the key of the hierarchy under `folders`. */
  async connect(): Promise<this> {
    await this.provision()
    const { root } = await this.send('FolderSync', folderSync('0'))
    this.keys.set('folders', textOf(root, 'FolderHierarchy:SyncKey') ?? '')
    const added = all(child(root, 'FolderHierarchy:Changes'), 'FolderHierarchy:Add')
    for (const each of added)
      this.folders.set(textOf(each, 'FolderHierarchy:Type') ?? '', textOf(each, 'FolderHierarchy:ServerId') ?? '')
    return this
  }

  folder(type: '2' | '3' | '4' | '5' | '7' | '8' | '9' | '10'): string {
    return this.folders.get(type) ?? ''
  }

  /** The body of a Sync of one collection. */
  syncBody(collectionId: string, inner = '', key = this.keys.get(collectionId) ?? '0', outer = ''): string {
    return `<AirSync:Sync><AirSync:Collections><AirSync:Collection><AirSync:SyncKey>${key}</AirSync:SyncKey><AirSync:CollectionId>${collectionId}</AirSync:CollectionId>${inner}</AirSync:Collection></AirSync:Collections>${outer}</AirSync:Sync>`
  }

  async sync(collectionId: string, inner = '', key?: string): Promise<SyncAnswer> {
    const { root } = await this.send('Sync', this.syncBody(collectionId, inner, key))
    const answer = readSync(root)
    if (answer.status === '1' && answer.key !== '') this.keys.set(collectionId, answer.key)
    return answer
  }

  /** Everything of a collection, page by page. */
  async syncAll(collectionId: string, options = ''): Promise<readonly WbxmlElement[]> {
    await this.sync(collectionId, '', '0')
    const added: WbxmlElement[] = []
    for (;;) {
      const page = await this.sync(collectionId, options)
      added.push(...page.added)
      if (!page.more) return added
    }
  }
}

export function folderSync(key: string): string {
  return `<FolderHierarchy:FolderSync><FolderHierarchy:SyncKey>${key}</FolderHierarchy:SyncKey></FolderHierarchy:FolderSync>`
}

function policyKeyOf(root: WbxmlElement | undefined): string | undefined {
  return textOf(child(child(root, 'Provision:Policies'), 'Provision:Policy'), 'Provision:PolicyKey')
}

export function readSync(root: WbxmlElement | undefined): SyncAnswer {
  const collection = child(child(root, 'AirSync:Collections'), 'AirSync:Collection')
  const commands = child(collection, 'AirSync:Commands')
  const ids = (name: string) => all(commands, name).map((each) => textOf(each, 'AirSync:ServerId') ?? '')
  return {
    key: textOf(collection, 'AirSync:SyncKey') ?? '',
    status: textOf(collection, 'AirSync:Status') ?? textOf(root, 'AirSync:Status'),
    more: child(collection, 'AirSync:MoreAvailable') !== undefined,
    added: all(commands, 'AirSync:Add'),
    changed: all(commands, 'AirSync:Change'),
    deleted: ids('AirSync:Delete'),
    left: ids('AirSync:SoftDelete'),
    responses: child(collection, 'AirSync:Responses')?.children ?? [],
  }
}

export function idOf(item: WbxmlElement | undefined): string {
  return textOf(item, 'AirSync:ServerId') ?? ''
}

export function dataOf(item: WbxmlElement | undefined, name: string): string | undefined {
  return textOf(child(item, 'AirSync:ApplicationData'), name)
}

/** Commands of a Sync. */
export function added(clientId: string, data: string): string {
  return `<AirSync:Commands><AirSync:Add><AirSync:ClientId>${clientId}</AirSync:ClientId><AirSync:ApplicationData>${data}</AirSync:ApplicationData></AirSync:Add></AirSync:Commands>`
}

export function changed(serverId: string, data: string, instance = ''): string {
  return `<AirSync:Commands><AirSync:Change><AirSync:ServerId>${serverId}</AirSync:ServerId>${instance}<AirSync:ApplicationData>${data}</AirSync:ApplicationData></AirSync:Change></AirSync:Commands>`
}

export function removed(serverId: string, instance = ''): string {
  return `<AirSync:Commands><AirSync:Delete><AirSync:ServerId>${serverId}</AirSync:ServerId>${instance}</AirSync:Delete></AirSync:Commands>`
}

/** `data` of a message: headers, an empty line, the text. */
export function sendMail(device: Device, clientId: string, data: string): Promise<DeviceAnswer> {
  return device.send(
    'SendMail',
    `<ComposeMail:SendMail><ComposeMail:ClientId>${clientId}</ComposeMail:ClientId><ComposeMail:Mime opaque="1">${data}</ComposeMail:Mime></ComposeMail:SendMail>`,
  )
}

export function ping(folderIds: readonly string[], seconds = 600): string {
  const folders = folderIds.map(
    (id) => `<Ping:Folder><Ping:Id>${id}</Ping:Id><Ping:Class>Email</Ping:Class></Ping:Folder>`,
  )
  return `<Ping:Ping><Ping:HeartbeatInterval>${seconds}</Ping:HeartbeatInterval><Ping:Folders>${folders.join('')}</Ping:Folders></Ping:Ping>`
}

/** A request of Exchange Web Services for the same mailbox; the prefixes `m` and `t` are bound. */
export async function askWebServices(stage: Stage, body: string, person = 'bob@contoso.com'): Promise<string> {
  const names =
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
  const answer = await stage.app.inject({
    method: 'POST',
    url: '/EWS/Exchange.asmx',
    headers: {
      host: 'mail.contoso.com',
      authorization: `Basic ${Buffer.from(`${person}:right`).toString('base64')}`,
      'content-type': 'text/xml; charset=utf-8',
    },
    payload: `<soap:Envelope ${names}><soap:Body>${body}</soap:Body></soap:Envelope>`,
  })
  return answer.body
}
