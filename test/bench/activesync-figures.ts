import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setTimeout as rest } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { managementHeader } from '#shared/stack/management.ts'
import { StartedProcess } from '../actors/started-process.ts'
import { checkWoken, type Phone, type Phones, phonesOf, type Wakening } from './activesync-phones.ts'
import { type ActiveSyncServer, userName, userPassword, watchers } from './activesync-server.ts'
import { heldFloorMs } from './held-floor.ts'
import { cpuMilliseconds, processorName } from './process-figures.ts'
import { type Sample, sampleOf } from './statistics.ts'

export interface ActiveSyncRounds {
  readonly messages: number
  readonly windows: number
  readonly windowMs: number
  /** How many are held, from the fewest to the most; a hundred for each mailbox. */
  readonly pings: readonly number[]
}

interface Rate {
  readonly perSecond: Sample
  /** CPU of the server's process for one of them. */
  readonly cpuMicroseconds: Sample
}

interface Held {
  readonly pings: number
  readonly kibibytesEach: number
  /** From the delivery of one message to the answer at the hundred phones that watch its mailbox. */
  readonly oneMailbox: Sample & { readonly p99: number }
  /** From the first delivery until the last phone has its answer, a message to each of the mailboxes. */
  readonly allMs: number
  /** CPU of the server's process for each of them. */
  readonly allCpuMicroseconds: number
  /** The same phones at a server that has nothing to do but to write the answers. */
  readonly floorMs: number
}

const fewMessages = 1000
const phonesAMailbox = 100
type Say = (text: string) => void

interface Bench {
  readonly server: ActiveSyncServer
  readonly process: StartedProcess
  readonly phones: Phones
  readonly rounds: ActiveSyncRounds
  readonly say: Say
}

/** What ActiveSync of Exchange Online costs: a new phone, a phone with nothing to learn, phones that wait. */
export async function activeSyncReport(rounds: ActiveSyncRounds, say: Say): Promise<string> {
  await using process = new StartedProcess({
    args: ['--expose-gc', fileURLToPath(new URL('./run.ts', import.meta.url)), '--activesync-server'],
  })
  const [line] = await process.printed(/^\{"exchange".*\}$/m)
  const server = JSON.parse(line) as ActiveSyncServer
  await using phones = phonesOf(server, 6000)
  const bench: Bench = { server, process, phones, rounds, say }
  const [large, small] = [watchers, watchers + 1]
  say(`filling mailboxes: ${rounds.messages} and ${fewMessages} messages`)
  await fill(server, userName(large), rounds.messages)
  await fill(server, userName(small), fewMessages)
  const first = await firstSyncs(bench, [large, small])
  const empty = await emptySyncs(bench, [large, small])
  const changed = await changedSyncs(bench, [large, small])
  const held: Held[] = []
  for (const count of rounds.pings) held.push(await heldPings(bench, count))
  await process.end('SIGTERM')
  return reportOf({ rounds, first, empty, changed, held })
}

const text = 'Two kibibytes of text, as messages have them.\r\n'.repeat(44)

async function fill(server: ActiveSyncServer, user: string, count: number): Promise<void> {
  let next = 0
  const worker = async () => {
    for (; next < count; ) {
      const index = next
      next += 1
      await deliver(server, user, `Message ${index}`)
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
}

async function deliver({ management }: ActiveSyncServer, user: string, subject: string): Promise<void> {
  const mime = `From: Someone <someone@elsewhere.example>\r\nTo: ${user}\r\nSubject: ${subject}\r\n\r\n${text}`
  const answer = await fetch(`http://127.0.0.1:${management}/mailboxes/${user}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [managementHeader]: '1' },
    body: JSON.stringify({ mime: Buffer.from(mime).toString('base64') }),
  })
  if (answer.status !== 200) throw new Error(`delivery answered ${answer.status}`)
}

async function phoneOf({ phones }: Bench, user: number, deviceId: string): Promise<Phone> {
  return phones.phone(await phones.token(userName(user), userPassword), deviceId).begin()
}

/** In turn, so that what else the machine does strikes all alike. */
async function inTurn<Key>(
  { rounds, say, process }: Bench,
  contenders: readonly Key[],
  what: string,
  run: (contender: Key) => Promise<number>,
): Promise<readonly Rate[]> {
  const windows = contenders.map(() => [] as { perSecond: number; cpu: number }[])
  for (let window = -1; window < rounds.windows; window += 1) {
    say(`${what}: window ${window + 1} of ${rounds.windows}`)
    for (const [index, contender] of contenders.entries()) {
      const [begun, used] = [performance.now(), cpuMilliseconds(process.child.pid ?? 0) ?? Number.NaN]
      const count = await run(contender)
      const milliseconds = performance.now() - begun
      const cpu = (((cpuMilliseconds(process.child.pid ?? 0) ?? Number.NaN) - used) * 1000) / count
      // The first warms up.
      if (window >= 0) windows[index]?.push({ perSecond: (count * 1000) / milliseconds, cpu })
    }
  }
  return windows.map((each) => ({
    perSecond: sampleOf(each.map(({ perSecond }) => perSecond)),
    cpuMicroseconds: sampleOf(each.map(({ cpu }) => cpu)),
  }))
}

/** Items a second of a phone that has nothing yet, in pages of a hundred. */
async function firstSyncs(bench: Bench, users: readonly number[]): Promise<readonly Rate[]> {
  const phones = await Promise.all(users.map((user) => phoneOf(bench, user, 'FIRST')))
  return inTurn(bench, phones, 'first synchronization', async (phone) => {
    await phone.begin()
    return phone.syncAll(100)
  })
}

const connections = 4

async function upToDate(bench: Bench, user: number, name: string): Promise<readonly Phone[]> {
  const ids = Array.from({ length: connections }, (_, index) => `${name}${index}`)
  const phones = await Promise.all(ids.map((id) => phoneOf(bench, user, id)))
  for (const phone of phones) await phone.syncAll(512)
  return phones
}

/** Requests of phones that have everything. */
async function emptySyncs(bench: Bench, users: readonly number[]): Promise<readonly Rate[]> {
  const contenders = await Promise.all(users.map((user) => upToDate(bench, user, 'EMPTY')))
  return inTurn(bench, contenders, 'empty Sync', async (phones) => {
    const end = performance.now() + bench.rounds.windowMs
    const counts = await Promise.all(
      phones.map(async (phone) => {
        let count = 0
        for (; performance.now() < end; count += 1)
          if ((await phone.sync(100)).length > 0) throw new Error('something was new')
        return count
      }),
    )
    return counts.reduce((sum, each) => sum + each, 0)
  })
}

/** A message arrives and one phone learns of it; the delivery counts with it. */
async function changedSyncs(bench: Bench, users: readonly number[]): Promise<readonly Rate[]> {
  const contenders = await Promise.all(
    users.map(async (user) => ({ user, phone: await phoneOf(bench, user, 'CHANGED') })),
  )
  for (const { phone } of contenders) await phone.syncAll(512)
  return inTurn(bench, contenders, 'one message', async ({ user, phone }) => {
    const count = 50
    for (let index = 0; index < count; index += 1) {
      await deliver(bench.server, userName(user), 'One more')
      if ((await phone.syncAll(100)) !== 1) throw new Error('one message is one item')
    }
    return count
  })
}

async function heldPings(bench: Bench, count: number): Promise<Held> {
  const mailboxes = count / phonesAMailbox
  bench.say(`${count} phones of ${mailboxes} mailboxes`)
  const groups = await Promise.all(Array.from({ length: mailboxes }, (_, user) => connectedPhones(bench, user)))
  await holdAll(bench, groups.slice(0, 2), 'warming up')
  const before = await residentKibibytes(bench.process)
  const waiting = groups.flatMap((phones) => phones.map((phone) => phone.ping(3540)))
  await settled(bench, count)
  const after = await residentKibibytes(bench.process)
  const woken = await wakeAll(bench, groups, waiting)
  for (const phone of groups.flat()) await phone.syncAll(100)
  const oneMailbox = await wakeUps(bench, groups[0] ?? [])
  for (const phone of groups.flat()) phone[Symbol.dispose]()
  const floorMs = await heldFloorMs(count)
  const held = { pings: count, kibibytesEach: (after - before) / count, oneMailbox, ...woken, floorMs }
  bench.say(JSON.stringify(held))
  return held
}

async function wakeAll(
  { server, process }: Bench,
  groups: readonly (readonly Phone[])[],
  waiting: readonly Promise<Wakening>[],
): Promise<Pick<Held, 'allMs' | 'allCpuMicroseconds'>> {
  const [begun, used] = [performance.now(), cpuMilliseconds(process.child.pid ?? 0) ?? Number.NaN]
  await Promise.all(groups.map((_, user) => deliver(server, userName(user), 'News')))
  const wakenings = await Promise.all(waiting)
  const cpu = (cpuMilliseconds(process.child.pid ?? 0) ?? Number.NaN) - used
  for (const each of wakenings) checkWoken(each)
  const allMs = Math.max(...wakenings.map(({ at }) => at)) - begun
  return { allMs, allCpuMicroseconds: (cpu * 1000) / waiting.length }
}

async function connectedPhones(bench: Bench, user: number): Promise<readonly Phone[]> {
  const token = await bench.phones.token(userName(user), userPassword)
  const phones: Phone[] = []
  for (let index = 0; index < phonesAMailbox; index += 1) {
    const phone = await bench.phones.phone(token, `PING${index}`).begin()
    await phone.syncAll(512)
    phones.push(phone)
  }
  return phones
}

async function holdAll(bench: Bench, groups: readonly (readonly Phone[])[], what: string): Promise<void> {
  bench.say(what)
  const waiting = groups.flatMap((phones) => phones.map((phone) => phone.ping(3540)))
  await settled(bench, waiting.length)
  await Promise.all(groups.map((_, user) => deliver(bench.server, userName(user), 'Warm')))
  await Promise.all(waiting)
  for (const phone of groups.flat()) await phone.syncAll(100)
}

/** Until the server has nothing to do: then all are held. */
async function settled({ process }: Bench, count: number): Promise<void> {
  await rest(200 + count)
  for (let used = -1; ; await rest(100)) {
    const now = cpuMilliseconds(process.child.pid ?? 0) ?? 0
    if (now - used < 5) return
    used = now
  }
}

async function residentKibibytes(process: StartedProcess): Promise<number> {
  const known = process.stdout.length
  process.child.kill('SIGUSR2')
  while (!/residentBytes.*\n/.test(process.stdout.slice(known))) await once(process.child, 'printed')
  return (JSON.parse(process.stdout.slice(known)) as { residentBytes: number }).residentBytes / 1024
}

async function wakeUps(bench: Bench, phones: readonly Phone[]): Promise<Held['oneMailbox']> {
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const waiting = phones.map((phone) => phone.ping(3540))
    await settled(bench, phones.length)
    const begun = performance.now()
    await deliver(bench.server, userName(0), 'News')
    const wakenings = await Promise.all(waiting)
    for (const each of wakenings) checkWoken(each)
    times.push(...wakenings.map(({ at }) => at - begun))
    for (const phone of phones) await phone.syncAll(100)
  }
  const sorted = times.sort((a, b) => a - b)
  return { ...sampleOf(sorted), p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN }
}

interface Figures {
  readonly rounds: ActiveSyncRounds
  readonly first: readonly Rate[]
  readonly empty: readonly Rate[]
  readonly changed: readonly Rate[]
  readonly held: readonly Held[]
}

function reportOf({ rounds, first, empty, changed, held }: Figures): string {
  const rows = [
    ['first synchronization, items', first],
    ['empty Sync, requests', empty],
    ['a message and the Sync that brings it', changed],
  ] as const
  return [
    `${processorName()}, ${availableParallelism()} cores, Node ${process.versions.node}; Exchange Online over TLS with a bearer token, driver in another process; medians of ${rounds.windows} windows.`,
    '',
    `| | ${rounds.messages} messages, a second | CPU, µs | ${fewMessages} messages, a second | CPU, µs | growth of CPU |`,
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map(([what, [large, small]]) => {
      const cells = [large, small].flatMap((each) => [
        each?.perSecond.median.toFixed(0),
        each?.cpuMicroseconds.median.toFixed(0),
      ])
      const growth = (large?.cpuMicroseconds.median ?? 0) / (small?.cpuMicroseconds.median ?? 0)
      return `| ${what} | ${cells.join(' | ')} | ${growth.toFixed(2)} |`
    }),
    '',
    '| Pings held | KiB each | woken by one message, median ms | p99 ms | all woken, ms | CPU each, µs | bare server, ms |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...held.map(
      ({ pings, kibibytesEach, oneMailbox, allMs, allCpuMicroseconds, floorMs }) =>
        `| ${pings} | ${kibibytesEach.toFixed(0)} | ${oneMailbox.median.toFixed(1)} | ${oneMailbox.p99.toFixed(1)} | ${allMs.toFixed(0)} | ${allCpuMicroseconds.toFixed(0)} | ${floorMs.toFixed(0)} |`,
    ),
    '',
  ].join('\n')
}
