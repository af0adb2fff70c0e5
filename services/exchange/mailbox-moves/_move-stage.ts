import { clockStateAt, StackClock } from '#shared/clock.ts'
import { systemRandom } from '#shared/random.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { openStore } from '#shared/store/open.ts'
import { relationalDeviceStore } from '../activesync/devices/device-store.ts'
import { exchangeConfig } from '../config.ts'
import { relationalMailboxTransfer } from '../mailbox/mailbox-transfer.ts'
import { relationalMailboxStore } from '../mailbox/relational-mailbox-store.ts'
import { relationalRecipientStore } from '../mailbox/relational-recipient-store.ts'
import { relationalOrganizationStore } from '../organization/organization-store.ts'
import { openExchangeStore } from '../store.ts'
import { localEnd } from './local-end.ts'
import { relationalMoveStore } from './move-store.ts'

/** One place with its store and its end of a move, without the service around. */
export async function openPlace(name: 'exchange-onprem' | 'exchange-online') {
  const scenario = await loadDefaultScenario()
  const clock = new StackClock()
  await clock.set(clockStateAt(new Date('2026-03-02T12:00:00Z'), true))
  const context = {
    name,
    scenario,
    clock,
    random: systemRandom,
    openStore: (wanted: object) => openStore({ engine: { kind: 'memory' }, ...wanted } as never),
  } as unknown as DeploymentContext
  const config = exchangeConfig(name, scenario)
  const store = await openExchangeStore(context, config)
  const parts = {
    ...{ context, config },
    recipients: relationalRecipientStore(store.db, clock),
    mailboxes: relationalMailboxStore(store, systemRandom),
    organization: relationalOrganizationStore(store.db),
    devices: relationalDeviceStore(store, clock),
    transaction: <T>(work: () => Promise<T>) => store.transaction(work),
    transfer: relationalMailboxTransfer(store),
  }
  return { ...parts, store, end: localEnd(parts), moves: relationalMoveStore(store.db) }
}

export type MovePlace = Awaited<ReturnType<typeof openPlace>>
