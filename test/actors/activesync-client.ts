import { ProxyAgent, request } from 'undici'
import type { Zone } from '#shared/stack/deployment.ts'
import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import { branch, leaf, type WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { WayIn } from './world.ts'

export interface PhoneAccount {
  readonly url: string
  readonly user: string
  /** The value of Authorization. */
  readonly authorization: string
  readonly deviceId: string
  readonly version: '12.1' | '14.0' | '14.1' | '16.0' | '16.1'
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly root: WbxmlElement | undefined
}

export interface Mail {
  readonly id: string
  readonly subject: string
}

/**
 * A phone: it keeps its policy key, its folders and the mail it was sent, provisions when it is asked to, and forgets
 * everything when it is told to.
 */
export class ActiveSyncClient implements AsyncDisposable {
  readonly #account: PhoneAccount
  readonly #dispatcher: ProxyAgent
  #policyKey = '0'
  readonly #keys = new Map<string, string>()
  readonly folders = new Map<string, string>()
  readonly mail = new Map<string, Mail>()
  wiped = false

  constructor(stack: WayIn, zone: Zone, account: PhoneAccount) {
    this.#account = account
    this.#dispatcher = new ProxyAgent({ uri: stack.proxy(zone), requestTls: { ca: stack.authority.caPem } })
  }

  /** As it goes over the wire; nothing is done about what comes back. */
  async post(command: string, root?: WbxmlElement): Promise<Answer> {
    const { url, user, authorization, deviceId, version } = this.#account
    const query = new URLSearchParams({ Cmd: command, User: user, DeviceId: deviceId, DeviceType: 'TestPhone' })
    const { statusCode, headers, body } = await request(`${url}?${query}`, {
      dispatcher: this.#dispatcher,
      method: 'POST',
      headersTimeout: 0,
      headers: {
        authorization,
        'ms-asprotocolversion': version,
        'user-agent': 'TestPhone/1.0',
        ...(command !== 'Ping' && { 'x-ms-policykey': this.#policyKey }),
        ...(root && { 'content-type': 'application/vnd.ms-sync.wbxml' }),
      },
      body: root ? encodeWbxml(activeSyncCodePages, root) : null,
    })
    const bytes = Buffer.from(await body.arrayBuffer())
    const isDocument = headers['content-type'] === 'application/vnd.ms-sync.wbxml' && bytes.length > 0
    return { status: statusCode, headers, root: isDocument ? decodeWbxml(activeSyncCodePages, bytes) : undefined }
  }

  /** A command; once more after provisioning, where the server asks for that. */
  async send(command: string, root?: WbxmlElement): Promise<Answer> {
    const answer = await this.post(command, root)
    if (!isProvisioningDemanded(answer)) return answer
    await this.provision()
    return this.wiped ? answer : this.post(command, root)
  }

  async provision(): Promise<void> {
    const information = branch('Settings:DeviceInformation', [
      branch('Settings:Set', [leaf('Settings:Model', 'Test phone'), leaf('Settings:OS', 'TestOS 1')]),
    ])
    const isFirst = Number(this.#account.version) >= 14.1
    const offered = await this.post(
      'Provision',
      branch('Provision:Provision', [...(isFirst ? [information] : []), policies()]),
    )
    if (offered.root && find(offered.root, 'Provision:RemoteWipe')) return this.#wipe()
    const acknowledgement = [
      leaf('Provision:PolicyKey', textIn(offered.root, 'Provision:PolicyKey')),
      leaf('Provision:Status', '1'),
    ]
    const final = await this.post('Provision', branch('Provision:Provision', [policies(...acknowledgement)]))
    this.#policyKey = textIn(final.root, 'Provision:PolicyKey')
  }

  async #wipe(): Promise<void> {
    for (const kept of [this.#keys, this.folders, this.mail]) kept.clear()
    this.wiped = true
    const done = branch('Provision:RemoteWipe', [leaf('Provision:Status', '1')])
    await this.post('Provision', branch('Provision:Provision', [done]))
  }

  /** Folder ids by their type ([MS-ASCMD] 2.2.3.186.3). */
  async synchronizeFolders(): Promise<void> {
    const key = this.#keys.get('folders') ?? '0'
    const { root } = await this.send(
      'FolderSync',
      branch('FolderHierarchy:FolderSync', [leaf('FolderHierarchy:SyncKey', key)]),
    )
    this.#keys.set('folders', textIn(root, 'FolderHierarchy:SyncKey'))
    for (const each of findAll(root, 'FolderHierarchy:Add'))
      this.folders.set(textIn(each, 'FolderHierarchy:Type'), textIn(each, 'FolderHierarchy:ServerId'))
  }

  /** Page after page, until there is no more; the Status of what went wrong, or 1. */
  async synchronizeMail(folderId: string, windowSize = 25): Promise<string> {
    for (;;) {
      const key = this.#keys.get(folderId) ?? '0'
      const { root } = await this.send('Sync', syncOf(folderId, key, windowSize))
      if (!root) return '1'
      const status = textIn(root, 'AirSync:Status')
      if (status !== '1') return status
      this.#keys.set(folderId, textIn(root, 'AirSync:SyncKey'))
      for (const each of findAll(root, 'AirSync:Add'))
        this.mail.set(textIn(each, 'AirSync:ServerId'), {
          id: textIn(each, 'AirSync:ServerId'),
          subject: textIn(each, 'Email:Subject'),
        })
      for (const each of findAll(root, 'AirSync:Delete')) this.mail.delete(textIn(each, 'AirSync:ServerId'))
      if (key !== '0' && !find(root, 'AirSync:MoreAvailable')) return '1'
    }
  }

  /** Waits for news of the folders; the Status, and the ids of those that have some. */
  async ping(folderIds: readonly string[], seconds = 900): Promise<{ status: string; folders: readonly string[] }> {
    const folders = folderIds.map((id) => branch('Ping:Folder', [leaf('Ping:Id', id), leaf('Ping:Class', 'Email')]))
    const root = branch('Ping:Ping', [leaf('Ping:HeartbeatInterval', String(seconds)), branch('Ping:Folders', folders)])
    const answer = await this.post('Ping', root)
    const told = findAll(answer.root, 'Ping:Folder').map(({ value }) => String(value))
    return { status: textIn(answer.root, 'Ping:Status'), folders: told }
  }

  /** `message` with headers; true when the server took it without a word. */
  async sendMail(clientId: string, message: string): Promise<boolean> {
    const children = [
      leaf('ComposeMail:ClientId', clientId),
      leaf('ComposeMail:SaveInSentItems'),
      leaf('ComposeMail:Mime', Buffer.from(message)),
    ]
    const { status, root } = await this.send('SendMail', branch('ComposeMail:SendMail', children))
    return status === 200 && root === undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dispatcher.destroy()
  }
}

const demands = ['140', '142', '143', '144']

function isProvisioningDemanded({ status, root }: Answer): boolean {
  return status === 449 || (root !== undefined && demands.includes(statusOf(root)))
}

function statusOf(root: WbxmlElement): string {
  const own = root.children.find(({ name }) => name.endsWith(':Status'))
  return own ? String(own.value) : ''
}

function policies(...more: readonly WbxmlElement[]): WbxmlElement {
  const type = leaf('Provision:PolicyType', 'MS-EAS-Provisioning-WBXML')
  return branch('Provision:Policies', [branch('Provision:Policy', [type, ...more])])
}

function syncOf(folderId: string, key: string, windowSize: number): WbxmlElement {
  const more = key === '0' ? [] : [leaf('AirSync:GetChanges'), leaf('AirSync:WindowSize', String(windowSize))]
  const collection = [leaf('AirSync:SyncKey', key), leaf('AirSync:CollectionId', folderId), ...more]
  return branch('AirSync:Sync', [branch('AirSync:Collections', [branch('AirSync:Collection', collection)])])
}

function find(root: WbxmlElement, name: string): WbxmlElement | undefined {
  return findAll(root, name)[0]
}

function findAll(root: WbxmlElement | undefined, name: string): readonly WbxmlElement[] {
  if (!root) return []
  return root.children.flatMap((each) => (each.name === name ? [each] : findAll(each, name)))
}

function textIn(root: WbxmlElement | undefined, name: string): string {
  const found = findAll(root, name)[0]
  return found?.value === undefined ? '' : String(found.value)
}
