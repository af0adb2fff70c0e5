import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startStack } from '#services/stack.ts'
import { cpuMilliseconds, processorName } from './process-figures.ts'
import { type Sample, sampleOf } from './statistics.ts'

const sideBySide = 50
const snapshots = 50
const oneAfterAnother = 200
const settledAfter = 20
const mailbox = '/api/exchange/exchange-online/mailboxes/alice@contoso.com/messages'

interface WorldMade {
  readonly id: string
  readonly gateways: { readonly internet: { readonly proxy: string } }
}

type Call = <Answer>(method: string, path: string) => Promise<Answer>

/** What worlds beside the first one cost: to be made, kept and restored, and what stays of them when they have ended. */
export async function worldReport(say: (text: string) => void): Promise<string> {
  await using stack = await startStack()
  const call = callerOf(stack.proxy('internet'))
  say('a first world, from which the others begin')
  await call('DELETE', `/api/stacks/${(await call<WorldMade>('POST', '/api/stacks')).id}`)
  say(`${sideBySide} worlds side by side`)
  const before = heapMebibytes()
  const made: WorldMade[] = []
  const making = await sampled(sideBySide, async () => void made.push(await call('POST', '/api/stacks')))
  const asleep = (heapMebibytes() - before) / sideBySide
  for (const world of made) await wake(world)
  const awake = (heapMebibytes() - before) / sideBySide
  const ending = await sampled(sideBySide, () => call('DELETE', `/api/stacks/${made.pop()?.id}`))
  say(`${snapshots} snapshots`)
  const taking = await sampled(snapshots, () => call('PUT', '/api/snapshots/bench'))
  const restoring = await sampled(snapshots, () => call('POST', '/api/snapshots/bench/restore'))
  say(`${oneAfterAnother} worlds one after another`)
  const left = await heapLeft(call)
  return [
    `${processorName()}, ${availableParallelism()} cores, Node ${process.versions.node}; one process, stores in memory, over the lab's API; milliseconds of processor time, client included.`,
    '',
    '| | median | least | most |',
    '|---|---:|---:|---:|',
    rowOf('a world is made', making),
    rowOf('a world ends, whose Entra ID, AD FS and Exchange Online were asked something', ending),
    rowOf('a snapshot is taken', taking),
    rowOf('a snapshot is restored', restoring),
    '',
    `Heap for each of ${sideBySide} worlds: ${asleep.toFixed(2)} MiB until somebody comes, ${awake.toFixed(1)} MiB when those three were asked something.`,
    `After ${oneAfterAnother} such worlds the heap has ${left.toFixed(1)} MiB more than after the first ${settledAfter}.`,
    '',
  ].join('\n')
}

function callerOf(gateway: string): Call {
  return async <Answer>(method: string, path: string) => {
    const answer = await fetch(`${gateway}${path}`, { method })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }
}

/** Its deployments are built when somebody comes to them. */
async function wake({ gateways }: WorldMade): Promise<void> {
  const call = callerOf(gateways.internet.proxy)
  for (const path of ['/api/mfa/alice@contoso.com', '/api/adfs/properties', mailbox]) await call('GET', path)
}

async function heapLeft(call: Call): Promise<number> {
  let settled = 0
  for (let each = 1; each <= oneAfterAnother; each += 1) {
    const world = await call<WorldMade>('POST', '/api/stacks')
    await wake(world)
    await call('DELETE', `/api/stacks/${world.id}`)
    if (each === settledAfter) settled = heapMebibytes()
  }
  return heapMebibytes() - settled
}

async function sampled(count: number, act: () => Promise<unknown>): Promise<Sample> {
  const spent: number[] = []
  for (let each = 0; each < count; each += 1) {
    const before = cpuMilliseconds(process.pid) ?? Number.NaN
    await act()
    spent.push((cpuMilliseconds(process.pid) ?? Number.NaN) - before)
  }
  return sampleOf(spent)
}

function rowOf(what: string, { median, least, most }: Sample): string {
  return `| ${what} | ${median.toFixed(1)} | ${least.toFixed(1)} | ${most.toFixed(1)} |`
}

/** After everything that nobody holds any more was collected. */
function heapMebibytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1024 / 1024
}
