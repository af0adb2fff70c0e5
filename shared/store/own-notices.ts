import type { JoiningDriver } from './joining-driver.ts'
import { Listeners } from './listeners.ts'
import type { Notices } from './store.ts'

/** Notices of a store that one process has to itself. */
export function ownNotices(driver: Pick<JoiningDriver, 'whenCommitted'>): Notices {
  const listeners = new Listeners()
  return {
    tell: async (topic, text) => driver.whenCommitted(() => listeners.tell(topic, text, { own: true })),
    listen: (topic, hear, { from = 'everybody' } = {}) => listeners.add(topic, hear, from),
  }
}
