import type { MobileAccount } from './account-store.ts'
import { asRemoteRefusal } from './active-sync-client.ts'
import { RemoteRefusal } from './remote-refusal.ts'
import type { SynchronizationParts } from './synchronize-account.ts'
import { type VisitLease, VisitLost } from './visit-lease.ts'

const minute = 60_000
const keptDays = 30
/** Between two visits in the background, and after failures. */
const pauseMinutes = 15
const retryMinutes = [1, 2, 5, 10, 30, 60]

/** Goes on synchronizing without anybody's app: one visit at a time, the next one by what came of the last. */
export class Background {
  readonly #parts: SynchronizationParts
  readonly #lease: VisitLease
  readonly #running = new Map<string, Promise<boolean>>()
  readonly #next = new Map<string, Disposable>()

  constructor(parts: SynchronizationParts, lease: VisitLease) {
    this.#parts = parts
    this.#lease = lease
  }

  /**
   * Brings a cache up to date, and plans the next visit. Two at once would use each other's keys: who finds one under
   * way, here or at another server, has its result. True when the visit was this server's.
   */
  bring(id: string): Promise<boolean> {
    const work = this.#running.get(id) ?? this.#bringAlone(id)
    this.#running.set(id, work)
    return work
  }

  /** As `bring`, for whoever must not be content with a run that began earlier. */
  async bringAfterwards(id: string): Promise<void> {
    await this.#running.get(id)
    while (!(await this.bring(id)));
  }

  /** The next visit, in the place of the one that was planned; `since` is when the last one was. */
  plan(account: MobileAccount, since = this.#parts.context.clock.now().getTime()): void {
    const { clock } = this.#parts.context
    this.#next.get(account.id)?.[Symbol.dispose]()
    const at = nextVisit(account, since)
    if (at === undefined) this.#next.delete(account.id)
    else
      this.#next.set(
        account.id,
        clock.at(new Date(at), () => this.#visit(account.id)),
      )
  }

  async #bringAlone(id: string): Promise<boolean> {
    let isOurs: boolean
    try {
      isOurs = await this.#lease.alone(id, (goOn) => attempt(this.#parts, id, goOn))
    } finally {
      this.#running.delete(id)
    }
    const after = await this.#parts.accounts.find(id)
    if (after) this.plan(after)
    return isOurs
  }

  async #visit(id: string): Promise<void> {
    const { accounts, context } = this.#parts
    const account = await accounts.find(id)
    if (!account) return
    if (isOver(account, context.clock.now().getTime())) return accounts.purge(id)
    const visited = visitedElsewhere(account, context.clock.now().getTime())
    if (visited !== undefined) this.plan(account, visited)
    else if (account.deleted_at === null && account.reason !== 'signInRequired') await this.bring(id)
    else this.plan(account)
  }
}

/** Every server of an array plans the visits, so that none is missed when one of them ends; one of them makes it. */
function visitedElsewhere({ status, synchronized_at }: MobileAccount, now: number): number | undefined {
  const at = Number(synchronized_at ?? 0)
  return status === 'ready' && now < at + pauseMinutes * minute ? at : undefined
}

async function attempt(parts: SynchronizationParts, id: string, goOn: () => Promise<void>): Promise<void> {
  try {
    const { synchronizeAccount } = await import('./synchronize-account.ts')
    await synchronizeAccount(parts, id, goOn)
  } catch (error) {
    if (error instanceof VisitLost) return parts.context.log.warn({ err: error, account: id }, 'outlook mobile')
    const refusal = asRemoteRefusal(error)
    if (!(refusal instanceof RemoteRefusal)) throw error
    const before = await parts.accounts.find(id)
    parts.context.log.warn({ err: error, account: id }, 'outlook mobile')
    await parts.accounts.change(id, {
      status: 'failed',
      reason: refusal.code,
      remote_status: refusal.remoteStatus ?? null,
      failures: Number(before?.failures ?? 0) + 1,
    })
  }
}

function nextVisit({ deleted_at, status, reason, failures }: MobileAccount, now: number): number | undefined {
  if (deleted_at !== null) return Number(deleted_at) + keptDays * 24 * 60 * minute
  if (status === 'failed' && reason === 'signInRequired') return undefined
  if (status !== 'failed') return now + pauseMinutes * minute
  const pause = retryMinutes[Math.min(Number(failures), retryMinutes.length) - 1] ?? pauseMinutes
  return now + pause * minute
}

function isOver({ deleted_at }: MobileAccount, now: number): boolean {
  return deleted_at !== null && now >= Number(deleted_at) + keptDays * 24 * 60 * minute
}
