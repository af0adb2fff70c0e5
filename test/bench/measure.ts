import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { labOf } from '../actors/lab.ts'
import { type Contestant, type Places, type Start, startFauxchange, startQuickStart } from './contestants.ts'
import { processorName, residentMebibytes } from './process-figures.ts'
import { measureSignIns, type Rounds, type SignInFigures } from './sign-in-windows.ts'
import { signInWorld } from './sign-in-world.ts'
import { federatedSignIn, managedSignIn, quickStartSignIn, type SignIn } from './sign-ins.ts'
import { signatureMilliseconds } from './signature.ts'
import { type Sample, sampleOf } from './statistics.ts'
import { listenForRedirect } from './wire.ts'

export interface ContestantFigures {
  /** Empty certificate folder, empty compile cache. */
  readonly firstStart: StartFigures
  readonly warmStart: StartFigures
  /** A second after a warm start. */
  readonly idleMebibytes: number | undefined
  readonly loadedMebibytes: number | undefined
  /** The very first one after a start, when much is loaded on first use. */
  readonly firstSignInMs: number
  readonly signIns: readonly SignInFigures[]
}

export interface StartFigures {
  readonly milliseconds: Sample
  readonly cpu: Sample | undefined
}

export interface Figures {
  readonly machine: { readonly processor: string; readonly cores: number; readonly node: string }
  readonly signatureMs: Sample
  readonly fauxchange: ContestantFigures
  readonly quickStart: ContestantFigures
}

type Say = (text: string) => void
type Starts = Pick<ContestantFigures, 'firstStart' | 'warmStart' | 'idleMebibytes'>

const restMs = 1000

export async function measure({ starts, ...rounds }: Rounds & { starts: number }, say: Say): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'fauxchange-bench-'))
  try {
    const units = [signatureMilliseconds()]
    const [ours, theirs] = await measureStarts(folder, starts, say)
    units.push(signatureMilliseconds())
    const [fauxchange, quickStart] = await measureRunning(folder, rounds, say)
    units.push(signatureMilliseconds())
    return {
      machine: { processor: processorName(), cores: availableParallelism(), node: process.versions.node },
      signatureMs: sampleOf(units),
      fauxchange: { ...ours, ...fauxchange },
      quickStart: { ...theirs, ...quickStart },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureStarts(folder: string, count: number, say: Say): Promise<[Starts, Starts]> {
  const contest: readonly Start[] = [startFauxchange, startQuickStart]
  const times = contest.map(() => ({ first: [] as StartTime[], warm: [] as StartTime[] }))
  const idle: (number | undefined)[] = []
  for (const start of contest) await timeOfStart(start, warmPlaces(folder))
  for (const start of contest) idle.push(await idleMemoryOf(start, warmPlaces(folder)))
  for (let round = 0; round < count; round += 1) {
    for (const [index, start] of contest.entries()) {
      say(`start ${round + 1} of ${count}, ${start.name}`)
      const empty = join(folder, `first-${index}-${round}`)
      const places = { certificates: join(empty, 'certificates'), compileCache: join(empty, 'compile-cache') }
      times[index]?.first.push(await timeOfStart(start, places))
      times[index]?.warm.push(await timeOfStart(start, warmPlaces(folder)))
    }
  }
  const [ours, theirs] = times.map(({ first, warm }, index) => {
    return { firstStart: figuresOf(first), warmStart: figuresOf(warm), idleMebibytes: idle[index] }
  })
  if (!ours || !theirs) throw new Error('nobody started')
  return [ours, theirs]
}

type StartTime = Pick<Contestant, 'readyMs' | 'readyCpuMs'>

async function timeOfStart(start: Start, places: Places): Promise<StartTime> {
  await using contestant = await start(places)
  const { readyMs, readyCpuMs } = contestant
  return { readyMs, readyCpuMs }
}

async function idleMemoryOf(start: Start, places: Places): Promise<number | undefined> {
  await using contestant = await start(places)
  await new Promise((resolve) => setTimeout(resolve, restMs))
  return memoryOf(contestant)
}

function figuresOf(times: readonly StartTime[]): StartFigures {
  const cpu = times.flatMap(({ readyCpuMs }) => (readyCpuMs === undefined ? [] : [readyCpuMs]))
  return {
    milliseconds: sampleOf(times.map(({ readyMs }) => readyMs)),
    cpu: cpu.length > 0 ? sampleOf(cpu) : undefined,
  }
}

type Running = Omit<ContestantFigures, keyof Starts>

async function measureRunning(folder: string, rounds: Rounds, say: Say): Promise<[Running, Running]> {
  await using fauxchange = await startFauxchange(warmPlaces(folder), await signInWorld(folder))
  await using quickStart = await startQuickStart(warmPlaces(folder))
  await using redirects = await listenForRedirect()
  const lab = labOf({ gateways: { internet: fauxchange.address, corp: fauxchange.address } })
  const federated = federatedSignIn(fauxchange, lab, redirects.port)
  const managed = managedSignIn(fauxchange, redirects.port)
  const peer = quickStartSignIn(quickStart, redirects.port)
  const [first, , peerFirst] = [await timeOf(federated), await timeOf(managed), await timeOf(peer)]
  say(`sign-ins: ${rounds.windows} windows of ${rounds.signIns} each, after one to warm up`)
  const [ofFederated, ofManaged, ofPeer] = await measureSignIns([federated, managed, peer], rounds)
  if (!ofFederated || !ofManaged || !ofPeer) throw new Error('nobody signed in')
  const loaded = [fauxchange, quickStart].map(memoryOf)
  return [
    { loadedMebibytes: loaded[0], firstSignInMs: first, signIns: [ofFederated, ofManaged] },
    { loadedMebibytes: loaded[1], firstSignInMs: peerFirst, signIns: [ofPeer] },
  ]
}

async function timeOf(signIn: SignIn): Promise<number> {
  await signIn.prepare()
  const begun = performance.now()
  await signIn.run()
  return performance.now() - begun
}

function memoryOf({ running }: Contestant): number | undefined {
  return residentMebibytes(running.child.pid ?? 0)
}

function warmPlaces(folder: string): Places {
  return { certificates: join(folder, 'certificates'), compileCache: join(folder, 'compile-cache') }
}
