import { cpuMilliseconds } from './process-figures.ts'
import { secondFactorPeople } from './sign-in-world.ts'
import type { SignIn } from './sign-ins.ts'
import { signatureMilliseconds } from './signature.ts'
import { type Sample, sampleOf } from './statistics.ts'

export interface SignInFigures {
  readonly what: string
  readonly requests: number
  readonly milliseconds: Sample
  /** The server's CPU, all threads; undefined where it cannot be read. */
  readonly cpu: Sample | undefined
  readonly signatures: Sample | undefined
}

interface Window {
  readonly milliseconds: number
  readonly cpu: number | undefined
  readonly unit: number
  readonly requests: number
}

export interface Rounds {
  readonly windows: number
  readonly signIns: number
}

/** Windows taken in turn, so that what else the machine does strikes all alike; one sign-in at a time. */
export async function measureSignIns(
  contest: readonly SignIn[],
  { windows, signIns }: Rounds,
): Promise<SignInFigures[]> {
  for (const signIn of contest) await takeWindow(signIn, signIns)
  const taken = contest.map((signIn) => ({ signIn, windows: [] as Window[] }))
  for (let round = 0; round < windows; round += 1) {
    for (const each of taken) each.windows.push(await takeWindow(each.signIn, signIns))
  }
  return taken.map(({ signIn, windows: measured }) => figuresOf(signIn, measured))
}

async function takeWindow(signIn: SignIn, count: number): Promise<Window> {
  const pid = signIn.server.running.child.pid ?? 0
  const units = [signatureMilliseconds()]
  const times: number[] = []
  let cpu: number | undefined = 0
  let requests = 0
  for (let index = 0; index < count; index += 1) {
    if (index % secondFactorPeople.length === 0) await signIn.prepare()
    const [begun, used] = [performance.now(), cpuMilliseconds(pid)]
    requests = await signIn.run()
    times.push(performance.now() - begun)
    const now = cpuMilliseconds(pid)
    cpu = cpu === undefined || now === undefined || used === undefined ? undefined : cpu + now - used
  }
  units.push(signatureMilliseconds())
  return { milliseconds: sampleOf(times).median, cpu: cpu && cpu / count, unit: sampleOf(units).median, requests }
}

function figuresOf(signIn: SignIn, windows: readonly Window[]): SignInFigures {
  const seen = windows.flatMap(({ cpu, unit }) => (cpu === undefined ? [] : [{ cpu, signatures: cpu / unit }]))
  return {
    what: signIn.what,
    requests: windows.at(-1)?.requests ?? 0,
    milliseconds: sampleOf(windows.map((window) => window.milliseconds)),
    cpu: seen.length > 0 ? sampleOf(seen.map((each) => each.cpu)) : undefined,
    signatures: seen.length > 0 ? sampleOf(seen.map((each) => each.signatures)) : undefined,
  }
}
