import { child, element, text, textOf } from '../wbxml/elements.ts'
import type { WbxmlElement } from '../wbxml/wbxml-element.ts'

/*
 * The device's side of Exchange ActiveSync, as the cloud speaks it with servers on-premises and as a phone does.
 * Owns the requests and what they bring; whose token it is, where keys are kept and what becomes of items is the
 * caller's. One URL: /Microsoft-Server-ActiveSync.
 */
export interface ActiveSyncSession {
  /** One POST to the server's end point; what it throws passes through. */
  readonly send: (request: ActiveSyncPost) => Promise<ActiveSyncReply>
  readonly deviceId: string
  readonly deviceType: string
  readonly model: string
  readonly userAgent: string
  readonly userPrincipalName: string
  /** Of the acknowledged policy; `0` before, and changed when the server asks for provisioning. */
  policyKey: string
}

export interface ActiveSyncPost {
  /** Without its question mark. */
  readonly query: string
  /** Without Authorization. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface ActiveSyncReply {
  readonly status: number
  readonly body: Buffer
}

/** A server that does not do what was asked: by its HTTP status, or by what its answer holds. */
export class ActiveSyncFailure extends Error {
  override readonly name = 'ActiveSyncFailure'
  /** Undefined when the answer was 200 and could not be used. */
  readonly status: number | undefined

  constructor(message: string, status?: number) {
    super(message)
    this.status = status
  }
}

const version = '14.1'
const policyType = 'MS-EAS-Provisioning-WBXML'
const wbxmlType = 'application/vnd.ms-sync.wbxml'
/** Global statuses by which a server asks for provisioning ([MS-ASCMD] 2.2.2). */
const provisioningNeeded = new Set(['142', '143', '144'])

/**
 * One command, with provisioning first when the server asks for it.
 * @returns undefined for an empty answer: nothing has changed.
 * @throws ActiveSyncFailure
 */
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
  if (again === 'provision') throw new ActiveSyncFailure('the server asks for provisioning again', 449)
  return again
}

async function post(
  { send, deviceId, deviceType, userAgent, userPrincipalName, policyKey }: ActiveSyncSession,
  name: string,
  root: WbxmlElement,
): Promise<WbxmlElement | 'provision' | undefined> {
  const [{ encodeWbxml }, { decodeWbxml }, { activeSyncCodePages }] = await Promise.all([
    import('../wbxml/encode.ts'),
    import('../wbxml/decode.ts'),
    import('../wbxml/activesync-code-pages.ts'),
  ])
  const parameters = { Cmd: name, User: userPrincipalName, DeviceId: deviceId, DeviceType: deviceType }
  const headers = {
    'content-type': wbxmlType,
    'ms-asprotocolversion': version,
    'user-agent': userAgent,
    'x-ms-policykey': policyKey,
  }
  const query = new URLSearchParams(parameters).toString()
  const { status, body } = await send({ query, headers, body: encodeWbxml(activeSyncCodePages, root) })
  if (status === 449) return 'provision'
  if (status !== 200) throw new ActiveSyncFailure(`ActiveSync answered ${status}`, status)
  if (body.length === 0) return undefined
  try {
    return decodeWbxml(activeSyncCodePages, body)
  } catch (error) {
    throw new ActiveSyncFailure(`the answer is no WBXML: ${(error as Error).message}`)
  }
}

function statusOf(root: WbxmlElement | undefined): string | undefined {
  return root?.children.find(({ name }) => name.endsWith(':Status'))?.value?.toString()
}

/** [MS-ASPROV]: the policy is asked for, and acknowledged. */
async function provision(session: ActiveSyncSession): Promise<void> {
  const information = element(
    'Settings:DeviceInformation',
    element('Settings:Set', text('Settings:Model', session.model), text('Settings:FriendlyName', session.model)),
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
  throw new ActiveSyncFailure('the server gives no policy key')
}
