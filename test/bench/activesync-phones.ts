import { Agent, buildConnector, request } from 'undici'
import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import { branch, leaf, type WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { ActiveSyncServer } from './activesync-server.ts'
import { HeldLine, type LineAnswer, requestBytes } from './held-line.ts'

const host = 'outlook.office365.com'
const office = 'd3590ed6-52b3-4102-aeff-aad2292ab01c'

/** Every name leads straight to the deployment, on connections that stay open. */
function agentTo(port: number, ca: string, connections: number): Agent {
  const connect = buildConnector({ ca, allowH2: false, timeout: 60_000 })
  const here = { hostname: '127.0.0.1', host: `127.0.0.1:${port}`, port: String(port) }
  return new Agent({
    connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    // Well before the server closes an idle connection.
    keepAliveTimeoutThreshold: 3000,
    connect: (target, done) => connect({ ...target, servername: target.hostname, ...here }, done),
  })
}

export interface Phones extends AsyncDisposable {
  readonly phone: (token: string, deviceId: string) => Phone
  readonly token: (user: string, password: string) => Promise<string>
}

export function phonesOf({ exchange, entra, caPem }: ActiveSyncServer, connections: number): Phones {
  const dispatcher = agentTo(exchange, caPem, connections)
  const issuer = agentTo(entra, caPem, 4)
  return {
    phone: (token, deviceId) => new Phone({ dispatcher, port: exchange, ca: caPem }, token, deviceId),
    token: async (username, password) => {
      const scope = `https://${host}/EAS.AccessAsUser.All`
      const form = { grant_type: 'password', client_id: office, username, password, scope }
      const { body } = await request('https://login.microsoftonline.com/organizations/oauth2/v2.0/token', {
        dispatcher: issuer,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      })
      const answer = (await body.json()) as { access_token?: string }
      if (!answer.access_token) throw new Error(JSON.stringify(answer))
      return answer.access_token
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([dispatcher.destroy(), issuer.destroy()])
    },
  }
}

interface Network {
  readonly dispatcher: Agent
  readonly port: number
  readonly ca: string
}

/** No more of a phone than what is measured: 14.1, one folder, no policy. */
export class Phone implements Disposable {
  readonly #network: Network
  readonly #headers: Readonly<Record<string, string>>
  readonly #deviceId: string
  inbox = ''
  key = '0'
  #line: HeldLine | undefined

  constructor(network: Network, token: string, deviceId: string) {
    this.#network = network
    this.#deviceId = deviceId
    this.#headers = {
      authorization: `Bearer ${token}`,
      'ms-asprotocolversion': '14.1',
      'content-type': 'application/vnd.ms-sync.wbxml',
      'user-agent': 'Bench/1.0',
    }
  }

  /** Once more, where an idle connection was closed at the moment that it was used: phones do the same. */
  async send(command: string, root: WbxmlElement): Promise<Buffer> {
    try {
      return await this.#post(command, root)
    } catch (error) {
      if (!['ECONNRESET', 'UND_ERR_SOCKET'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      return this.#post(command, root)
    }
  }

  async #post(command: string, root: WbxmlElement): Promise<Buffer> {
    const { statusCode, body } = await request(`https://${host}${this.#target(command)}`, {
      dispatcher: this.#network.dispatcher,
      method: 'POST',
      headers: this.#headers,
      body: encodeWbxml(activeSyncCodePages, root),
    })
    const bytes = Buffer.from(await body.arrayBuffer())
    if (statusCode !== 200) throw new Error(`${command} answered ${statusCode}`)
    return bytes
  }

  #target(command: string): string {
    return `/Microsoft-Server-ActiveSync?Cmd=${command}&User=x&DeviceId=${this.#deviceId}&DeviceType=Bench`
  }

  /** Finds the inbox, and begins with it. */
  async begin(): Promise<this> {
    const { root } = read(
      await this.send('FolderSync', branch('FolderHierarchy:FolderSync', [leaf('FolderHierarchy:SyncKey', '0')])),
    )
    const inbox = findAll(root, 'FolderHierarchy:Add').find((each) => valueIn(each, 'FolderHierarchy:Type') === '2')
    if (!inbox) throw new Error('there is no inbox')
    this.inbox = valueIn(inbox, 'FolderHierarchy:ServerId')
    this.key = '0'
    this.key = read(await this.sync(0)).key
    return this
  }

  sync(windowSize: number): Promise<Buffer> {
    const isFirst = this.key === '0'
    const options = branch('AirSync:Options', [
      branch('AirSyncBase:BodyPreference', [leaf('AirSyncBase:Type', '1'), leaf('AirSyncBase:TruncationSize', '4096')]),
    ])
    const more = isFirst ? [] : [leaf('AirSync:WindowSize', String(windowSize)), options]
    const children = [leaf('AirSync:SyncKey', this.key), leaf('AirSync:CollectionId', this.inbox), ...more]
    return this.send(
      'Sync',
      branch('AirSync:Sync', [branch('AirSync:Collections', [branch('AirSync:Collection', children)])]),
    )
  }

  /** Page after page; how many items came. */
  async syncAll(windowSize: number): Promise<number> {
    let count = 0
    for (;;) {
      const bytes = await this.sync(windowSize)
      if (bytes.length === 0) return count
      const page = read(bytes)
      if (page.key === '') throw new Error('Sync was refused')
      this.key = page.key
      count += findAll(page.root, 'AirSync:Add').length
      if (findAll(page.root, 'AirSync:MoreAvailable').length === 0) return count
    }
  }

  /** When it was answered, over a connection of its own; that it was for news is looked at later. */
  async ping(seconds: number): Promise<Wakening> {
    const folder = branch('Ping:Folder', [leaf('Ping:Id', this.inbox), leaf('Ping:Class', 'Email')])
    const children = [leaf('Ping:HeartbeatInterval', String(seconds)), branch('Ping:Folders', [folder])]
    const body = encodeWbxml(activeSyncCodePages, branch('Ping:Ping', children))
    this.#line ??= await HeldLine.open({ ...this.#network, host })
    return this.#line.ask(requestBytes(this.#target('Ping'), { ...this.#headers, host }, body))
  }

  [Symbol.dispose](): void {
    this.#line?.[Symbol.dispose]()
  }
}

export type Wakening = LineAnswer

/** @throws Error for a Ping that was not answered because something is new. */
export function checkWoken({ status, body }: Wakening): void {
  const said = status === 200 ? valueIn(read(body).root, 'Ping:Status') : 'none'
  if (said !== '2') throw new Error(`Ping answered ${status} with Status ${said}`)
}

export function read(bytes: Buffer): { readonly root: WbxmlElement; readonly key: string } {
  const root = decodeWbxml(activeSyncCodePages, bytes)
  return { root, key: valueIn(root, 'AirSync:SyncKey') }
}

function findAll(root: WbxmlElement, name: string): readonly WbxmlElement[] {
  return root.children.flatMap((each) => (each.name === name ? [each] : findAll(each, name)))
}

function valueIn(root: WbxmlElement, name: string): string {
  return String(findAll(root, name)[0]?.value ?? '')
}
