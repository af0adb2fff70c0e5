import { machineTime } from '#shared/clock.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Leases } from '#shared/store/lease.ts'
import type { Notices } from '#shared/store/store.ts'
import { seal, unseal } from '../web-session/seal.ts'
import type { SealingKey } from '../web-session/sealing-key.ts'
import type { MoveEnd } from './move-end.ts'
import { type Move, type MoveStore, workedOn } from './move-store.ts'
import { type RemoteCredential, RemoteMoveRefusal, remoteEnd } from './remote-end.ts'
import { ItemLimitExceeded, runMove } from './run-move.ts'

export interface MoveRunnerParts {
  readonly context: DeploymentContext
  readonly moves: MoveStore
  readonly local: MoveEnd
  readonly sealingKey: SealingKey
  readonly leases: Leases
  readonly notices: Notices
  /** What tells this process from the others of an array. */
  readonly holder: string
  readonly now?: () => Date
}

/** The Mailbox Replication service: works on moves, one server of an array on each. */
export interface MoveRunner extends AsyncDisposable {
  /** The other end of a move, with a credential that is kept sealed. */
  remote(hostName: string, credential: RemoteCredential): MoveEnd
  sealed(credential: RemoteCredential): Promise<string>
  /** @throws RemoteMoveRefusal for one that was sealed under another key. */
  opened(sealed: string): Promise<RemoteCredential>
  /** Begins to work on a move, or goes on; it returns before that is done. */
  start(objectGuid: string): void
  /** Goes on with all that was under way when the servers stopped. */
  resume(): Promise<void>
  /** Stops after what is being copied this moment: the store is about to hold something else. */
  pause(): Promise<void>
}

const purpose = 'remote credential of a move'
/** By the machine's time: what it measures is whether a process lives, whatever the stack's clock says. */
const leaseMs = 60_000
const topic = 'mailbox move'
/** "TransientFailure": tried again every half a minute of the clock, an hour long. */
const retryMs = 30_000
const mostAttempts = 120

export function createMoveRunner(parts: MoveRunnerParts): MoveRunner {
  const { context, moves, sealingKey, notices } = parts
  const running = new Map<string, Promise<void>>()
  const state = { pauses: 0, isDisposed: false }
  const start = (objectGuid: string) => {
    if (state.isDisposed) return
    const { pauses } = state
    const isStopped = () => state.isDisposed || state.pauses !== pauses
    const before = running.get(objectGuid) ?? Promise.resolve()
    const work = before.then(() => (isStopped() ? undefined : workOn(parts, objectGuid, isStopped, start)))
    const tracked = work.catch((err) => context.log.error({ err, mailbox: objectGuid }, 'move'))
    running.set(objectGuid, tracked)
  }
  const pause = async () => {
    state.pauses += 1
    await Promise.all(running.values())
    running.clear()
  }
  const resume = async () => {
    for (const { object_guid, status } of await moves.list()) if (isWorkedOn({ status })) start(object_guid)
  }
  const hear = (objectGuid: string | undefined) => {
    if (objectGuid !== undefined) start(objectGuid)
    else resume().catch((err) => context.log.warn({ err }, 'move'))
  }
  notices.listen(topic, hear, { from: 'others' })
  return {
    remote: (hostName, credential) => remoteEnd(context, hostName, credential),
    sealed: async (credential) => seal(await sealingKey.read(), purpose, JSON.stringify(credential), context.random),
    opened: (sealed) => credentialOf(parts, { remote_credential: sealed }),
    start: (objectGuid) => {
      start(objectGuid)
      notices.tell(topic, objectGuid).catch((err) => context.log.warn({ err }, 'move'))
    },
    resume,
    pause,
    async [Symbol.asyncDispose]() {
      state.isDisposed = true
      await pause()
    },
  }
}

/** Another server of the array took the move over: this one was away for too long. */
class MoveLost extends Error {
  override readonly name = 'MoveLost'
}

/** One server at a time; the others look again later, for one that was killed says nothing. */
async function workOn(
  parts: MoveRunnerParts,
  objectGuid: string,
  isStopped: () => boolean,
  again: (objectGuid: string) => void,
): Promise<void> {
  const { moves, context, leases, holder, now = machineTime } = parts
  const name = `${topic} ${objectGuid}`
  const take = () => leases.take({ name, holder, now: now(), until: new Date(now().getTime() + leaseMs) })
  const found = await moves.find(objectGuid)
  if (!found || !isWorkedOn(found)) return
  if (!(await take())) {
    context.clock.at(new Date(context.clock.now().getTime() + retryMs), () => again(objectGuid))
    return
  }
  const goOn = async () => {
    if (!(await take())) throw new MoveLost(`another server works on the move of ${objectGuid} now`)
  }
  try {
    await work(parts, found, { isStopped, goOn })
  } catch (error) {
    if (!isStopped() && !(error instanceof MoveLost)) await failed(parts, found, error as Error, again)
  } finally {
    await leases.release(name, holder)
  }
}

function isWorkedOn({ status }: Pick<Move, 'status'>): boolean {
  return (workedOn as readonly string[]).includes(status)
}

interface Shift {
  readonly isStopped: () => boolean
  readonly goOn: () => Promise<void>
}

async function work(parts: MoveRunnerParts, move: Move, { isStopped, goOn }: Shift): Promise<void> {
  const { context, moves, local } = parts
  const { clock } = context
  const remote = remoteEnd(context, move.remote_host, await credentialOf(parts, move))
  const [source, target] = move.direction === 'pull' ? [remote, local] : [local, remote]
  await runMove({
    ...{ source, target, now: () => clock.now() },
    look: async () => {
      if (isStopped()) return undefined
      await goOn()
      const found = await moves.find(move.object_guid)
      return found && isWorkedOn(found) ? found : undefined
    },
    note: (changes) => moves.change(move.object_guid, { ...changes, updated_at: clock.now().getTime() }),
  })
}

async function credentialOf(
  { sealingKey }: MoveRunnerParts,
  move: Pick<Move, 'remote_credential'>,
): Promise<RemoteCredential> {
  const text = unseal(await sealingKey.read(), purpose, move.remote_credential)
  if (text === undefined) throw new RemoteMoveRefusal('The credential of the move cannot be read any more.')
  return JSON.parse(text) as RemoteCredential
}

async function failed(
  { context, moves }: MoveRunnerParts,
  { object_guid: objectGuid }: Move,
  error: Error,
  again: (objectGuid: string) => void,
): Promise<void> {
  context.log.warn({ err: error, mailbox: objectGuid }, 'move')
  const attempts = ((await moves.find(objectGuid))?.attempts ?? 0) + 1
  const message = error.message
  const now = context.clock.now()
  if (error instanceof RemoteMoveRefusal || error instanceof ItemLimitExceeded || attempts > mostAttempts) {
    const detail = error instanceof ItemLimitExceeded ? 'FailedBadItems' : 'FailedOther'
    const end = { status: 'Failed', status_detail: detail, message, updated_at: now.getTime() } as const
    return moves.change(objectGuid, end)
  }
  await moves.change(objectGuid, { status_detail: 'TransientFailureSource', message, attempts })
  context.clock.at(new Date(now.getTime() + retryMs), () => again(objectGuid))
}
