import { expect, test } from 'vitest'
import { LocalAddresses, type ServerAddresses } from './addresses.ts'
import { type Condition, judge, type Pulse, ServerHealth } from './server-health.ts'

const inService: Condition = { silences: 0, state: 'inService' }
const gone: Condition = { silences: 2, state: 'gone' }

test.each<{ before: Condition; pulse: Pulse; after: Condition; because: string }>([
  { before: inService, pulse: 'ready', after: inService, because: 'it works' },
  { before: inService, pulse: 'silent', after: { silences: 1, state: 'inService' }, because: 'once is no reason' },
  { before: { silences: 1, state: 'inService' }, pulse: 'silent', after: gone, because: 'silent twice' },
  { before: { silences: 1, state: 'inService' }, pulse: 'ready', after: inService, because: 'only a moment' },
  { before: inService, pulse: 'notReady', after: { silences: 0, state: 'outOfService' }, because: 'it is starting' },
  { before: gone, pulse: 'notReady', after: { silences: 0, state: 'outOfService' }, because: 'it starts again' },
  { before: gone, pulse: 'silent', after: { silences: 3, state: 'gone' }, because: 'still silent' },
  { before: gone, pulse: 'ready', after: inService, because: 'healthy again' },
])('$before.state, $pulse → $after.state: $because', ({ before, pulse, after }) => {
  expect(judge(before, pulse)).toEqual(after)
})

function server(port: number): ServerAddresses {
  return { https: { host: '127.0.0.1', port }, management: { host: '127.0.0.1', port: port + 1000 } }
}

/** Addresses whose servers say what the test wants, probed when the test wants. */
function probed(...ports: number[]) {
  const pulses = new Map<number, Pulse>()
  let round: (() => Promise<void>) | undefined
  const health = new ServerHealth({
    probe: async ({ port }) => pulses.get(port - 1000) ?? 'ready',
    every: (task) => {
      round = task
      return { [Symbol.dispose]: () => undefined }
    },
  })
  const addresses = new LocalAddresses(health)
  for (const port of ports) addresses.add('exchange-onprem', server(port))
  const turns = (count: number) =>
    Array.from({ length: count }, () => addresses.https('exchange-onprem')?.port).toSorted()
  return { addresses, pulses, turns, probe: async () => round?.() }
}

test('each server in its turn, with the others behind it', () => {
  const { addresses } = probed(1, 2, 3)
  const chain = () => {
    const ports: number[] = []
    for (let at = addresses.https('exchange-onprem'); at; at = at.otherwise) ports.push(at.port)
    return ports
  }
  expect([chain(), chain(), chain(), chain()]).toEqual([
    [1, 2, 3],
    [2, 3, 1],
    [3, 1, 2],
    [1, 2, 3],
  ])
})

test('one that is silent twice gets nothing more and loses its connections; when it is healthy it is back', async () => {
  const { addresses, pulses, turns, probe } = probed(1, 2, 3)
  const of = (port: number) => {
    for (let at = addresses.https('exchange-onprem'); at; at = at.otherwise) if (at.port === port) return at
    return undefined
  }
  const before = of(2)
  pulses.set(2, 'silent')
  await probe()
  expect([turns(3), before?.gone?.aborted]).toEqual([[1, 2, 3], false])
  await probe()
  expect([turns(4), before?.gone?.aborted, of(2)]).toEqual([[1, 1, 3, 3], true, undefined])
  expect([of(1)?.gone?.aborted, of(3)?.gone?.aborted]).toEqual([false, false])
  pulses.set(2, 'ready')
  await probe()
  expect([turns(3), of(2)?.gone?.aborted]).toEqual([[1, 2, 3], false])
})

test('one that is starting is not asked, and keeps its connections', async () => {
  const { addresses, pulses, turns, probe } = probed(1, 2)
  const before = addresses.https('exchange-onprem')
  pulses.set(1, 'notReady')
  await probe()
  expect([turns(2), before?.port, before?.gone?.aborted]).toEqual([[2, 2], 1, false])
})

test('when none is known to work, all are tried, and nobody cuts what they then do', async () => {
  const { addresses, pulses, turns, probe } = probed(1, 2)
  turns(2)
  for (const port of [1, 2]) pulses.set(port, 'silent')
  await probe()
  await probe()
  expect([turns(2), addresses.https('exchange-onprem')?.gone]).toEqual([[1, 2], undefined])
})

test('a deployment with one server is not probed', async () => {
  const { addresses, probe } = probed(1)
  expect(addresses.https('exchange-onprem')).toEqual({ host: '127.0.0.1', port: 1 })
  await expect(probe()).resolves.toBeUndefined()
})
