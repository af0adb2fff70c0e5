import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, type Dispatcher, request } from 'undici'
import { type Contestant, startFauxchange, startFloor } from './contestants.ts'
import { cpuMilliseconds } from './process-figures.ts'
import { sampleOf } from './statistics.ts'
import { clientCredentials } from './token-operations.ts'
import { startTenant } from './token-worlds.ts'

/** CPU of the product in that of the floor, as measured on two cores of an AMD EPYC with Node 24.21. */
const recorded = { 'client credentials': 1.65, keys: 3, 'warm start of the whole stack': 8.6 } as const
type Figure = keyof typeof recorded
export type Ratios = Readonly<Record<Figure, number>>

/** How much worse than recorded a ratio may be. */
const tolerance = 1.25
const [windows, windowMs, concurrent] = [3, 1_500, 16]

/** `passed` unless a ratio was too bad twice in a row. */
export interface Verdict {
  readonly passed: boolean
  readonly report: string
}

/** Looks a second time before it believes that something has become worse. */
export async function gate(look: () => Promise<Ratios>, say: (text: string) => void): Promise<Verdict> {
  const first = await look()
  if (worse(first).length === 0) return { passed: true, report: table([first]) }
  say(`worse than recorded: ${worse(first).join(', ')}; a second look`)
  const second = await look()
  const twice = worse(first).filter((figure) => worse(second).includes(figure))
  return { passed: twice.length === 0, report: table([first, second]) }
}

/** Not a number where a figure could not be taken, which is no pass. */
function worse(ratios: Ratios): readonly Figure[] {
  return figures().filter((figure) => !(ratios[figure] <= recorded[figure] * tolerance))
}

function figures(): readonly Figure[] {
  return Object.keys(recorded) as Figure[]
}

export async function measureRatios(say: (text: string) => void): Promise<Ratios> {
  const folder = await mkdtemp(join(tmpdir(), 'fauxchange-gate-'))
  try {
    return await ratiosIn(folder, say)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function ratiosIn(folder: string, say: (text: string) => void): Promise<Ratios> {
  const places = { certificates: join(folder, 'certificates'), compileCache: join(folder, 'compile-cache') }
  const starts: number[] = []
  for (let round = 0; round <= windows; round += 1) {
    say(`start ${round} of ${windows}`)
    const [ours, theirs] = [await startCpu(startFauxchange(places)), await startCpu(startFloor(places))]
    // The first start fills the folders.
    if (round > 0) starts.push(ours / theirs)
  }
  await using floor = await startFloor(places)
  await using tenant = await startTenant(folder, { users: 10, policies: 1 })
  const bare = new Agent({ connections: concurrent, connect: { ca: floor.caPem } })
  const pid = floor.running.child.pid ?? 0
  const token = clientCredentials(tenant).run
  const host = 'https://login.microsoftonline.com'
  const pairs = {
    'client credentials': [
      { pid: tenant.pid, run: () => token(0) },
      { pid, run: () => read(bare, `${floor.address}/token`, 'grant_type=client_credentials&client_id=floor') },
    ],
    keys: [
      { pid: tenant.pid, run: () => read(tenant.dispatcher, `${host}/common/discovery/v2.0/keys`) },
      { pid, run: () => read(bare, `${floor.address}/keys`) },
    ],
  } as const
  say(`${windows} windows of each, in turn`)
  const tokens = await inTurn(pairs['client credentials'])
  const keys = await inTurn(pairs.keys)
  await bare.destroy()
  return { 'client credentials': tokens, keys, 'warm start of the whole stack': sampleOf(starts).median }
}

async function startCpu(starting: Promise<Contestant>): Promise<number> {
  await using started = await starting
  return started.readyCpuMs ?? Number.NaN
}

interface Contender {
  readonly pid: number
  readonly run: () => Promise<unknown>
}

/** The median of the ratios of neighbouring windows, after one of each that only warms up. */
async function inTurn([ours, theirs]: readonly [Contender, Contender]): Promise<number> {
  const ratios: number[] = []
  for (const each of [ours, theirs]) await cpuOfOne(each, 2 * windowMs)
  for (let round = 0; round < windows; round += 1)
    ratios.push((await cpuOfOne(ours, windowMs)) / (await cpuOfOne(theirs, windowMs)))
  return sampleOf(ratios).median
}

async function cpuOfOne({ pid, run }: Contender, milliseconds: number): Promise<number> {
  const [begun, used] = [performance.now(), cpuMilliseconds(pid) ?? Number.NaN]
  let count = 0
  const worker = async () => {
    while (performance.now() - begun < milliseconds) {
      await run()
      count += 1
    }
  }
  await Promise.all(Array.from({ length: concurrent }, worker))
  return ((cpuMilliseconds(pid) ?? Number.NaN) - used) / count
}

async function read(dispatcher: Dispatcher, url: string, form?: string): Promise<void> {
  const headers = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  const method = form === undefined ? 'GET' : 'POST'
  const answer = await request(url, { dispatcher, method, headers, body: form ?? null })
  const json = (await answer.body.json()) as { readonly keys?: unknown; readonly access_token?: unknown }
  if (answer.statusCode !== 200 || !(json.keys ?? json.access_token)) throw new Error(`${url}: ${answer.statusCode}`)
}

function table(looks: readonly Ratios[]): string {
  const rows = figures().map((figure) => {
    const seen = looks.map((ratios) => ratios[figure].toFixed(2)).join(', then ')
    const most = (recorded[figure] * tolerance).toFixed(2)
    return `| ${figure} | ${seen} | ${recorded[figure]} | ${most} |`
  })
  return [
    "CPU in that of a bare node:https server of the same run (one signature on the thread pool; a JSON text; that server's",
    'own start).',
    '',
    '| | measured | recorded | at most |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n')
}
