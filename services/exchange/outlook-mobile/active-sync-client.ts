import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { all, child, element, text, textOf } from '../activesync/elements.ts'
import { RemoteRefusal } from './remote-refusal.ts'
import { reached } from './token-pair.ts'

export interface ActiveSyncSession {
  readonly context: DeploymentContext
  readonly url: string
  readonly accessToken: string
  readonly deviceId: string
  readonly userPrincipalName: string
  policyKey: string
}

const version = '14.1'
const policyType = 'MS-EAS-Provisioning-WBXML'
const wbxmlType = 'application/vnd.ms-sync.wbxml'
/** Global statuses by which a server asks for provisioning ([MS-ASCMD] 2.2.2). */
const provisioningNeeded = new Set(['142', '143', '144'])

/** One command as `OutlookService`, which is how these servers know the cloud; provisions when it is asked to. */
export async function command(
  session: ActiveSyncSession,
  name: string,
  root: WbxmlElement,
): Promise<WbxmlElement | undefined> {
  const answer = await post(session, name, root)
  const isAskedFor = answer === 'provision' || provisioningNeeded.has(statusOf(answer) ?? '')
  if (!isAskedFor) return answer
  await provision(session)
  const again = await post(session, name, root)
  if (again === 'provision') throw new RemoteRefusal('protocol', 'the server asks for provisioning again')
  return again
}

async function post(
  { context, url, accessToken, deviceId, userPrincipalName, policyKey }: ActiveSyncSession,
  name: string,
  root: WbxmlElement,
): Promise<WbxmlElement | 'provision' | undefined> {
  const [{ encodeWbxml }, { decodeWbxml }, { activeSyncCodePages }] = await Promise.all([
    import('#shared/wbxml/encode.ts'),
    import('#shared/wbxml/decode.ts'),
    import('#shared/wbxml/activesync-code-pages.ts'),
  ])
  const query = new URLSearchParams({
    Cmd: name,
    User: userPrincipalName,
    DeviceId: deviceId,
    DeviceType: 'OutlookService',
  })
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'content-type': wbxmlType,
    'ms-asprotocolversion': version,
    'user-agent': 'OutlookService/1.0',
    'x-ms-policykey': policyKey,
  }
  const body = encodeWbxml(activeSyncCodePages, root)
  const answer = await reached(() => context.http.send(`${url}?${query}`, { method: 'POST', headers, body }))
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  if (answer.status === 449) return 'provision'
  if (answer.status !== 200)
    throw new RemoteRefusal('remoteStatus', `${new URL(url).host} answered ${answer.status}`, {
      remoteStatus: answer.status,
    })
  return bytes.length === 0 ? undefined : decodeWbxml(activeSyncCodePages, bytes)
}

function statusOf(root: WbxmlElement | undefined): string | undefined {
  return root?.children.find(({ name }) => name.endsWith(':Status'))?.value?.toString()
}

/** [MS-ASPROV]: the policy is asked for, and acknowledged. */
async function provision(session: ActiveSyncSession): Promise<void> {
  const information = element(
    'Settings:DeviceInformation',
    element(
      'Settings:Set',
      text('Settings:Model', 'Outlook for iOS and Android'),
      text('Settings:FriendlyName', 'Outlook for iOS and Android'),
    ),
  )
  session.policyKey = '0'
  const offered = await phase(session, [information], [])
  session.policyKey = await phase(session, [], [text('Provision:PolicyKey', offered), text('Provision:Status', '1')])
}

async function phase(
  session: ActiveSyncSession,
  before: readonly WbxmlElement[],
  inPolicy: readonly WbxmlElement[],
): Promise<string> {
  const policy = element('Provision:Policy', text('Provision:PolicyType', policyType), inPolicy)
  const root = element('Provision:Provision', before, element('Provision:Policies', policy))
  const answer = await post(session, 'Provision', root)
  const policies = answer === 'provision' ? undefined : child(answer, 'Provision:Policies')
  const key = textOf(child(policies, 'Provision:Policy'), 'Provision:PolicyKey')
  if (key) return key
  throw new RemoteRefusal('protocol', 'the server gives no policy key')
}

export interface RemoteFolder {
  readonly serverId: string
  readonly name: string
  /** [MS-ASCMD] 2.2.3.186.1. */
  readonly type: string
}

export interface FolderAnswer {
  readonly key: string
  readonly kept: readonly RemoteFolder[]
  readonly deleted: readonly string[]
}

export async function folderSync(session: ActiveSyncSession, key: string): Promise<FolderAnswer> {
  const answer = await command(
    session,
    'FolderSync',
    element('FolderHierarchy:FolderSync', text('FolderHierarchy:SyncKey', key)),
  )
  const status = textOf(answer, 'FolderHierarchy:Status')
  // 9: the key is not known any more.
  if (status === '9' && key !== '0') return folderSync(session, '0')
  if (status !== '1') throw new RemoteRefusal('protocol', `FolderSync answered status ${status}`)
  const changes = child(answer, 'FolderHierarchy:Changes')
  const folders = [...all(changes, 'FolderHierarchy:Add'), ...all(changes, 'FolderHierarchy:Update')]
  return {
    key: textOf(answer, 'FolderHierarchy:SyncKey') ?? '0',
    kept: folders.map((each) => ({
      serverId: textOf(each, 'FolderHierarchy:ServerId') ?? '',
      name: textOf(each, 'FolderHierarchy:DisplayName') ?? '',
      type: textOf(each, 'FolderHierarchy:Type') ?? '',
    })),
    deleted: all(changes, 'FolderHierarchy:Delete').map((each) => textOf(each, 'FolderHierarchy:ServerId') ?? ''),
  }
}

export interface SyncPage {
  readonly key: string
  readonly more: boolean
  readonly added: readonly WbxmlElement[]
  readonly changed: readonly WbxmlElement[]
  readonly gone: readonly string[]
}

/** One page of a collection; `undefined` when its key is not known any more. */
export async function syncPage(
  session: ActiveSyncSession,
  collectionId: string,
  key: string,
  inner: readonly WbxmlElement[],
): Promise<SyncPage | undefined> {
  const collection = element(
    'AirSync:Collection',
    text('AirSync:SyncKey', key),
    text('AirSync:CollectionId', collectionId),
    inner,
  )
  const answer = await command(session, 'Sync', element('AirSync:Sync', element('AirSync:Collections', collection)))
  // An empty answer: nothing has changed.
  if (answer === undefined) return { key, more: false, added: [], changed: [], gone: [] }
  const answered = child(child(answer, 'AirSync:Collections'), 'AirSync:Collection')
  const status = textOf(answered, 'AirSync:Status') ?? textOf(answer, 'AirSync:Status')
  if (status === '3') return undefined
  if (status !== '1') throw new RemoteRefusal('protocol', `Sync answered status ${status}`)
  const commands = child(answered, 'AirSync:Commands')
  const idsOf = (name: string) => all(commands, name).map((each) => textOf(each, 'AirSync:ServerId') ?? '')
  return {
    key: textOf(answered, 'AirSync:SyncKey') ?? key,
    more: child(answered, 'AirSync:MoreAvailable') !== undefined,
    added: all(commands, 'AirSync:Add'),
    changed: all(commands, 'AirSync:Change'),
    gone: [...idsOf('AirSync:Delete'), ...idsOf('AirSync:SoftDelete')],
  }
}

export async function readOutOfOffice(session: ActiveSyncSession): Promise<string | null> {
  const ask = element(
    'Settings:Settings',
    element('Settings:Oof', element('Settings:Get', text('Settings:BodyType', 'Text'))),
  )
  const answer = await command(session, 'Settings', ask)
  return textOf(child(child(answer, 'Settings:Oof'), 'Settings:Get'), 'Settings:OofState') ?? null
}
