import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { seal, unseal } from '../web-session/seal.ts'
import type { SealingKey } from '../web-session/sealing-key.ts'
import type { MoveEnd } from './move-end.ts'
import { type Move, type MoveStore, workedOn } from './move-store.ts'
import { type RemoteCredential, RemoteMoveRefusal, remoteEnd } from './remote-end.ts'
import { runMove } from './run-move.ts'

export interface MoveRunnerParts {
  readonly context: DeploymentContext
  readonly moves: MoveStore
  readonly local: MoveEnd
  readonly sealingKey: SealingKey
}

/** The Mailbox Replication service: works on moves, one server of an array on each. */
export interface MoveRunner extends AsyncDisposable {
  /** The other end of a move, with a credential that is kept sealed. */
  remote(hostName: string, credential: RemoteCredential): MoveEnd
  sealed(credential: RemoteCredential): Promise<string>
  /** Begins to work on a move, or goes on; it returns before that is done. */
  start(objectGuid: string): void
  /** Goes on with all that was under way when the servers stopped. */
  resume(): Promise<void>
  /** Stops after what is being copied this moment: the store is about to hold something else. */
  pause(): Promise<void>
}

const purpose = 'remote credential of a move'
const claimMs = 10 * 60_000
/** "TransientFailure": tried again every half a minute of the clock, an hour long. */
const retryMs = 30_000
const mostAttempts = 120

export function createMoveRunner(parts: MoveRunnerParts): MoveRunner {
  const { context, moves, sealingKey } = parts
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
  return {
    remote: (hostName, credential) => remoteEnd(context, hostName, credential),
    sealed: async (credential) => seal(await sealingKey.read(), purpose, JSON.stringify(credential), context.random),
    start,
    resume: async () => {
      for (const { object_guid, status } of await moves.list())
        if ((workedOn as readonly string[]).includes(status)) start(object_guid)
    },
    pause,
    async [Symbol.asyncDispose]() {
      state.isDisposed = true
      await pause()
    },
  }
}

async function workOn(
  parts: MoveRunnerParts,
  objectGuid: string,
  isStopped: () => boolean,
  again: (objectGuid: string) => void,
): Promise<void> {
  const { context, moves, local } = parts
  const { clock } = context
  const now = clock.now()
  const move = await moves.claim(objectGuid, now, new Date(now.getTime() + claimMs))
  if (!move) return
  try {
    const remote = remoteEnd(context, move.remote_host, await credentialOf(parts, move))
    const [source, target] = move.direction === 'pull' ? [remote, local] : [local, remote]
    await runMove({
      ...{ source, target, now: () => clock.now() },
      look: async () => {
        const found = await moves.find(objectGuid)
        const isWorkedOn = found && (workedOn as readonly string[]).includes(found.status)
        return isStopped() || !isWorkedOn ? undefined : found
      },
      note: (changes) => moves.change(objectGuid, { ...changes, updated_at: clock.now().getTime() }),
    })
  } catch (error) {
    if (isStopped()) return
    await failed(parts, move, error as Error, again)
  }
  if (!isStopped()) await moves.change(objectGuid, { claimed_until: null })
}

async function credentialOf({ sealingKey }: MoveRunnerParts, move: Move): Promise<RemoteCredential> {
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
  if (error instanceof RemoteMoveRefusal || attempts > mostAttempts) {
    const end = { status: 'Failed', status_detail: 'FailedOther', message, updated_at: now.getTime() } as const
    return moves.change(objectGuid, end)
  }
  await moves.change(objectGuid, { status_detail: 'TransientFailureSource', message, attempts })
  context.clock.at(new Date(now.getTime() + retryMs), () => again(objectGuid))
}
