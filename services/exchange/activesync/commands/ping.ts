import { type Call, type CommandAnswer, document, nothing } from '../call.ts'
import type { KeptPing } from '../devices/device-state.ts'
import { all, child, element, numberOf, text, textOf } from '../elements.ts'
import { connectionLoss } from '../held-requests.ts'
import { hasPending } from '../sync/pending.ts'
import { waitForChange } from '../wait-for-change.ts'
import { hasHierarchyNews } from './folder-sync.ts'

const least = 60
const most = 3540
const mostFolders = 200

function status(code: number, ...rest: Parameters<typeof element>[1][]): CommandAnswer {
  return document(element('Ping:Ping', text('Ping:Status', code), rest.flat()))
}

/** [MS-ASCMD] 2.2.1.13: held until something is new in one of the folders, or the interval ends. */
export async function ping(call: Call): Promise<CommandAnswer> {
  call.parts.held.end(call.key)
  const device = (await call.parts.devices.find(call.key)) ?? call.device
  const asked = completed(call, device.ping)
  if (!asked) return status(3)
  const { heartbeatSeconds, folders } = asked
  if (Number.isNaN(heartbeatSeconds) || folders.some((each) => !isFolder(each))) return status(4)
  const bound = Math.min(most, Math.max(least, heartbeatSeconds))
  if (bound !== heartbeatSeconds) return status(5, text('Ping:HeartbeatInterval', bound))
  if (folders.length > mostFolders) return status(6, text('Ping:MaxFolders', mostFolders))
  if (JSON.stringify(asked) !== JSON.stringify(device.ping)) await call.parts.devices.change(call.key, { ping: asked })
  if (await isHierarchyNews(call, folders)) return status(7)
  return hold(call, asked)
}

/** What is left out is as it was; a first Ping says both. */
function completed({ body }: Call, kept: KeptPing | undefined): KeptPing | undefined {
  const given = child(body, 'Ping:Folders')
  const folders = given
    ? all(given, 'Ping:Folder').map((each) => ({
        id: textOf(each, 'Ping:Id') ?? '',
        class: textOf(each, 'Ping:Class') ?? '',
      }))
    : kept?.folders
  const heartbeatSeconds = numberOf(body, 'Ping:HeartbeatInterval') ?? kept?.heartbeatSeconds
  if (!folders || folders.length === 0 || heartbeatSeconds === undefined) return undefined
  return { heartbeatSeconds, folders }
}

const classes = ['', 'Email', 'Calendar', 'Contacts', 'Tasks', 'Notes']

function isFolder(given: KeptPing['folders'][number]): boolean {
  return given.id !== '' && classes.includes(given.class)
}

/** [MS-ASCMD] 2.2.3.177.11: a folder is gone, or others know of folders that the device was not told of yet. */
async function isHierarchyNews(call: Call, folders: KeptPing['folders']): Promise<boolean> {
  const { devices, mailboxes } = call.parts
  if (await hasHierarchyNews(call, (await devices.find(call.key))?.hierarchy)) return true
  const known = new Set((await mailboxes.listFolders(call.mailboxId)).map(({ id }) => id))
  return folders.some(({ id }) => !known.has(id))
}

async function hold(call: Call, { heartbeatSeconds, folders }: KeptPing): Promise<CommandAnswer> {
  const ids = folders.map(({ id }) => id)
  using held = await call.parts.held.hold(call.key)
  using gone = connectionLoss(call.request.raw.socket)
  call.request.recording.note({ decision: 'pingHeld', reason: `for ${heartbeatSeconds} s` })
  let changed: readonly string[] = []
  let hierarchy = false
  // What to look at: everything at first, then only what there was news of.
  const news = { folders: new Set(ids), hierarchy: true }
  const outcome = await waitForChange({
    mailboxes: call.parts.mailboxes,
    clock: call.parts.context.clock,
    mailboxId: call.mailboxId,
    until: new Date(call.now.getTime() + heartbeatSeconds * 1000),
    signals: [held.signal, gone.signal],
    concerns: ({ folderId, what }) => {
      if (what === 'missed') for (const id of ids) news.folders.add(id)
      if (what === 'hierarchy' || what === 'missed') news.hierarchy = true
      else if (folderId === undefined || !ids.includes(folderId)) return false
      else news.folders.add(folderId)
      return true
    },
    isDue: async () => {
      const look = [...news.folders]
      const isHierarchySuspect = news.hierarchy
      news.folders.clear()
      news.hierarchy = false
      hierarchy = isHierarchySuspect && (await isHierarchyNews(call, folders))
      changed = await pendingOf(call, hierarchy ? [] : look)
      return hierarchy || changed.length > 0
    },
  })
  if (outcome === 'ended') return nothing
  if (outcome === 'expired') return status(1)
  if (hierarchy) return status(7)
  return status(
    2,
    element(
      'Ping:Folders',
      changed.map((id) => text('Ping:Folder', id)),
    ),
  )
}

async function pendingOf(call: Call, ids: readonly string[]): Promise<string[]> {
  const pending: string[] = []
  for (const id of ids) if (await hasPending(call, id)) pending.push(id)
  return pending
}
