import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Goal, goalLines } from './goals.ts'
import type { PageOrder, PageWindow } from './owa-mailbox.ts'
import { processorName } from './process-figures.ts'
import { sampleOf } from './statistics.ts'

const windows = 5
const warmUpCpuMs = 600
const windowCpuMs = 250
/** The list shows 25 rows of all but the smallest. */
const sizes = [10, 50, 1_000, 10_000, 100_000]

interface Contestant {
  readonly what: string
  readonly messages: number
  readonly server: ChildProcess
  readonly rates: number[]
  readonly times: number[]
}

/** Pages of Outlook on the web, of mailboxes of several sizes in a process each, in turn: one collects no garbage of another. */
export async function owaReport(say: (text: string) => void): Promise<string> {
  await using cleanUp = new AsyncDisposableStack()
  const contestants: Contestant[] = []
  for (const messages of sizes) {
    say(`a mailbox of ${messages} messages`)
    const server = fork(fileURLToPath(new URL('run.ts', import.meta.url)), ['--owa-mailbox', String(messages)])
    cleanUp.defer(() => void server.kill())
    for (const what of await said<readonly string[]>(server)) {
      const contestant = { what, messages, server, rates: [], times: [] }
      await ordered(contestant, warmUpCpuMs)
      contestants.push(contestant)
    }
  }
  for (let window = 0; window < windows; window += 1) {
    say(`window ${window + 1} of ${windows}`)
    for (const contestant of contestants) {
      const { rate, times } = await ordered(contestant, windowCpuMs)
      contestant.rates.push(rate)
      contestant.times.push(...times)
    }
  }
  return reportOf(contestants)
}

/** What the process says next; an error when it ends before. */
async function said<Answer>(server: ChildProcess): Promise<Answer> {
  const ended = new AbortController()
  const end = () => ended.abort(new Error('the process with a mailbox has ended'))
  server.once('exit', end)
  try {
    const [answer] = await once(server, 'message', { signal: ended.signal })
    return answer as Answer
  } finally {
    server.off('exit', end)
  }
}

function ordered({ server, what }: Contestant, cpuMs: number): Promise<PageWindow> {
  server.send({ what, cpuMs } satisfies PageOrder)
  return said<PageWindow>(server)
}

function at(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
}

function reportOf(contestants: readonly Contestant[]): string {
  const rateOf = (what: string, messages: number) =>
    sampleOf(contestants.find((each) => each.what === what && each.messages === messages)?.rates ?? []).median
  const order = [...contestants].sort((a, b) => a.what.localeCompare(b.what) || a.messages - b.messages)
  const rows = order.map(({ what, messages, rates, times }) => {
    const { median, least, most } = sampleOf(rates)
    const [ratioToTen, ratioToThousand] = [10, 1_000].map((size) => (rateOf(what, size) / median).toFixed(2))
    const ratios = `${ratioToTen === 'NaN' ? '' : ratioToTen} | ${ratioToThousand === 'NaN' ? '' : ratioToThousand}`
    return `| ${what} | ${messages} | ${median.toFixed(0)} | ${least.toFixed(0)} to ${most.toFixed(0)} | ${at(times, 0.5).toFixed(2)} | ${at(times, 0.99).toFixed(2)} | ${ratios} |`
  })
  return [
    `${processorName()}, ${availableParallelism()} cores, Node ${process.versions.node}; a process for each size, one request at a time, without sockets and TLS; requests by second of processor time of that process, garbage collection with it, medians of ${windows} windows of ${windowCpuMs} ms; p99 by the clock, while others use the machine too. The list shows 25 rows, 10 of the smallest mailbox.`,
    '',
    '| | messages | requests/s | of the windows | median, ms | p99, ms | CPU to that with 10 | with 1,000 |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    ...goalLines(goalsOf(rateOf)),
    '',
  ].join('\n')
}

function goalsOf(rateOf: (what: string, messages: number) => number): readonly Goal[] {
  const page = (what: string, most: number): readonly Goal[] => [
    { what: `${what} with 10,000 messages, ms of processor time`, value: 1000 / rateOf(what, 10_000), most },
    {
      what: `${what}: processor time with 10,000 messages to that with 10`,
      value: rateOf(what, 10) / rateOf(what, 10_000),
      most: 1.5,
    },
  ]
  return [...page('list page', 2), ...page('message page', 2.5)]
}
