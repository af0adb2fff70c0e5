import { setTimeout as pause } from 'node:timers/promises'
import { machineTime } from '#shared/clock.ts'
import { type LeaseTables, leases } from '#shared/store/lease.ts'
import type { Store } from '#shared/store/store.ts'

/** Another server of the array took the visit over: this one was away for too long. */
export class VisitLost extends Error {
  constructor(id: string) {
    super(`another server visits the mailbox of ${id} now`)
    this.name = 'VisitLost'
  }
}

/** Of the servers of an array one at a time visits a mailbox: two would use each other's keys. */
export interface VisitLease {
  /**
   * Makes the visit, which calls `goOn` before each of its steps, and gives true; false when another server was at it,
   * once that has ended.
   */
  alone(id: string, visit: (goOn: () => Promise<void>) => Promise<void>): Promise<boolean>
}

/** By the machine's time: what it measures is whether a process lives, whatever the stack's clock says. */
const heldMs = 60_000
const lookAgainMs = 1_000
const topic = 'outlook-mobile visit'

export function visitLease<Schema extends LeaseTables>(
  { db, notices }: Store<Schema>,
  { holder, now = machineTime }: { readonly holder: string; readonly now?: () => Date },
): VisitLease {
  const held = leases(db)
  const take = (name: string) => held.take({ name, holder, now: now(), until: new Date(now().getTime() + heldMs) })
  return {
    async alone(id, visit) {
      const name = `${topic} ${id}`
      if (!(await take(name))) {
        await freed(name)
        return false
      }
      const goOn = async () => {
        if (!(await take(name))) throw new VisitLost(id)
      }
      try {
        await visit(goOn)
      } finally {
        await held.release(name, holder)
        await notices.tell(topic, name)
      }
      return true
    },
  }

  async function freed(name: string): Promise<void> {
    for (;;) {
      const { promise: news, resolve: hear } = Promise.withResolvers<void>()
      using _listening = notices.listen(topic, () => hear())
      if (!(await held.isTaken(name, now()))) return
      // A server that was killed says nothing.
      await Promise.race([news, pause(lookAgainMs, undefined, { ref: false })])
    }
  }
}
