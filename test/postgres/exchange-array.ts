import { inject } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import type { JournalEvent } from '#shared/journal.ts'
import type { ServerAddresses } from '#shared/stack/addresses.ts'
import { managementHeader } from '#shared/stack/management.ts'
import { freePorts } from '#test/actors/free-port.ts'
import { StartedProcess } from '#test/actors/started-process.ts'
import { handOver, type ReachableArray } from './array-load.ts'
import { createDatabase } from './server.ts'

export const deployment = 'exchange-onprem'

/** One server of the array, in a process of its own. */
export interface Server extends ServerAddresses {
  readonly mail: { readonly host: string; readonly port: number }
  readonly process: StartedProcess
  journal(): Promise<readonly JournalEvent[]>
}

export interface ExchangeArray extends AsyncDisposable, ReachableArray {
  readonly stack: Stack
  readonly servers: readonly Server[]
}

/** A stack whose Exchange on-premises is so many processes over one database. */
export async function startArray(count: number): Promise<ExchangeArray> {
  await using opening = new AsyncDisposableStack()
  const store = await createDatabase(inject('postgres'), 'array')
  const places = await Promise.all(Array.from({ length: count }, place))
  const names = ['directory', 'entra', 'adfs', 'wap', 'exchange-online', 'autodetect', 'lab']
  const only = [...names, 'gateway-internet', 'gateway-corp']
  const stack = opening.use(await startStack({ store, only, elsewhere: { [deployment]: places } }))
  const elsewhere = Object.fromEntries(
    stack.deployments.map(({ plan, https, management, mail }) => [plan.name, [{ https, management, mail }]]),
  )
  const servers = await Promise.all(
    places.map(async (addresses) => {
      const { https, management, mail } = addresses
      const own = { only: [deployment], bind: https.host, httpsPort: https.port, managementPort: management.port }
      const options = { ...own, store, elsewhere, mailPorts: { [deployment]: mail.port } }
      const args = ['test/postgres/array-server.ts', JSON.stringify(options)]
      const process = opening.use(new StartedProcess({ args }))
      await process.printed(/^ready$/m)
      return { ...addresses, process, journal: () => journalOf(addresses) }
    }),
  )
  const running = opening.move()
  const ca = stack.authority.caPem
  return {
    stack,
    servers,
    ca,
    proxy: (zone) => stack.proxy(zone),
    deliver: (index, letter) => handOver({ ...(servers[index % servers.length] as Server).mail, ca }, letter),
    cleanUp: running,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** On an address of its own, so that no other server of the array has it. */
async function place(_: unknown, index: number) {
  const host = `127.0.0.${index + 2}`
  const [https = 0, management = 0, mail = 0] = await freePorts(3, host)
  return { https: { host, port: https }, management: { host, port: management }, mail: { host, port: mail } }
}

async function journalOf({ management: { host, port } }: ServerAddresses): Promise<readonly JournalEvent[]> {
  const answer = await fetch(`http://${host}:${port}/journal`, { headers: { [managementHeader]: '1' } })
  return ((await answer.json()) as { events: readonly JournalEvent[] }).events
}
