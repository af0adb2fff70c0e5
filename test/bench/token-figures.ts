import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuMilliseconds } from './process-figures.ts'
import { signatureMilliseconds } from './signature.ts'
import { type Sample, sampleOf } from './statistics.ts'
import { clientCredentials, passwordSignIn, refresh, type TokenOperation } from './token-operations.ts'
import { startTenant, type TenantSize, type TokenServer } from './token-worlds.ts'

export interface TokenRounds {
  readonly windows: number
  readonly windowMs: number
  readonly manyUsers: number
  readonly manyPolicies: number
  readonly manySessions: number
}

export interface OperationFigures {
  readonly tenant: string
  readonly what: string
  readonly perSecond: Sample
  /** CPU of the server, all threads, in RSA-2048 signatures of the same moment. */
  readonly signatures: Sample
}

interface Contender {
  readonly tenant: string
  readonly server: TokenServer
  readonly operation: TokenOperation
  readonly windows: Window[]
}

interface Window {
  readonly perSecond: number
  readonly signatures: number
}

const fewUsers = 10

/** Tokens and sign-ins of tenants of several sizes, in turn, so that what else the machine does strikes all alike. */
export async function measureTokens(
  rounds: TokenRounds,
  say: (text: string) => void,
): Promise<readonly OperationFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fauxchange-tokens-'))
  await using cleanUp = new AsyncDisposableStack()
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
  const open = async (size: TenantSize) => cleanUp.use(await startTenant(folder, size))
  const contenders: Contender[] = []
  for (const { tenant, size } of tenantsOf(rounds)) {
    say(`starting: ${tenant}`)
    contenders.push(...(await contendersOf(tenant, await open(size), size)))
  }
  const crowded = await open({ users: fewUsers, policies: 1 })
  say(`${rounds.manySessions} sign-ins to keep`)
  await repeat(passwordSignIn(crowded, fewUsers), rounds.manySessions)
  const size = { users: fewUsers, policies: 1 }
  contenders.push(...(await contendersOf(`${rounds.manySessions} live sessions`, crowded, size)))
  return await inTurn(contenders, rounds, say)
}

function tenantsOf({ manyUsers, manyPolicies }: TokenRounds) {
  return [
    { tenant: `${fewUsers} users, 1 policy`, size: { users: fewUsers, policies: 1 } },
    { tenant: `${manyUsers} users`, size: { users: manyUsers, policies: 1 } },
    { tenant: `${manyPolicies} policies`, size: { users: fewUsers, policies: manyPolicies } },
  ]
}

async function contendersOf(tenant: string, server: TokenServer, { users }: TenantSize): Promise<Contender[]> {
  const operations = [clientCredentials(server), await refresh(server), passwordSignIn(server, users)]
  return operations.map((operation) => ({ tenant, server, operation, windows: [] }))
}

async function inTurn(
  contenders: readonly Contender[],
  { windows, windowMs }: TokenRounds,
  say: (text: string) => void,
): Promise<readonly OperationFigures[]> {
  say(`${windows} windows of ${windowMs} ms each, after a warm-up`)
  for (const contender of contenders) await warmUp(contender.operation)
  for (let round = 0; round < windows; round += 1) {
    for (const contender of contenders) contender.windows.push(await takeWindow(contender, windowMs))
  }
  return contenders.map(({ tenant, operation, windows: taken }) => ({
    tenant,
    what: operation.what,
    perSecond: sampleOf(taken.map(({ perSecond }) => perSecond)),
    signatures: sampleOf(taken.map(({ signatures }) => signatures)),
  }))
}

async function takeWindow({ server, operation }: Contender, windowMs: number): Promise<Window> {
  const units = [signatureMilliseconds()]
  const [begun, used] = [performance.now(), cpuMilliseconds(server.pid) ?? Number.NaN]
  const until = begun + windowMs
  let count = 0
  const one = async () => {
    while (performance.now() < until) {
      count += 1
      await operation.run(count)
    }
  }
  await Promise.all(Array.from({ length: operation.concurrent }, one))
  const cpu = (cpuMilliseconds(server.pid) ?? Number.NaN) - used
  const seconds = (performance.now() - begun) / 1000
  units.push(signatureMilliseconds())
  return { perSecond: count / seconds, signatures: cpu / count / sampleOf(units).median }
}

/** 2.5 s at least; what a sign-in runs is much more than what a token runs, so fewer of them make it warm. */
async function warmUp(operation: TokenOperation): Promise<void> {
  const begun = performance.now()
  await repeat(operation, operation.concurrent > 4 ? 5000 : 1000)
  while (performance.now() - begun < 2500) await repeat(operation, operation.concurrent)
}

async function repeat({ run, concurrent }: TokenOperation, times: number): Promise<void> {
  let begun = 0
  const one = async () => {
    while (begun < times) {
      begun += 1
      await run(begun)
    }
  }
  await Promise.all(Array.from({ length: concurrent }, one))
}

/** A table in Markdown; `goal` is the most that an operation is to cost. */
export function tokenReport(figures: readonly OperationFigures[]): string {
  const goals: Readonly<Record<string, string>> = { 'client credentials': '1.7', 'sign-in': '12' }
  const [base] = figures
  const rows = figures.map(({ tenant, what, perSecond, signatures }) => {
    const small = figures.find((each) => each.tenant === base?.tenant && each.what === what) ?? signatures
    const ratio = 'signatures' in small ? signatures.median / small.signatures.median : 1
    const spread = `${signatures.median.toFixed(2)} (${signatures.least.toFixed(2)} – ${signatures.most.toFixed(2)})`
    return `| ${tenant} | ${what} | ${perSecond.median.toFixed(0)} | ${spread} | ${goals[what] ?? '–'} | ${ratio.toFixed(2)} |`
  })
  return [
    'CPU of Entra ID alone, all threads, in RSA-2048 signatures taken beside each window; medians (least – most).',
    '',
    '| tenant | operation | a second | signatures | goal | against the small tenant |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n')
}
