import { z } from 'zod'
import { readTrusts, tryPolicy } from '../adfs/administration.ts'
import { readGateways } from '../connect/gateways.ts'
import { LabError } from '../errors.ts'
import { ask, type Manage } from '../peers/ask.ts'
import type { Judged, VerdictRow } from './schemas.ts'

/*
 * A table of decisions, judged by the evaluators that judge sign-ins: Conditional Access for applications of
 * Entra ID, the access control policy of the trust for relying parties of AD FS. Nobody is signed in, and nothing changes.
 */

interface Verdict {
  readonly got: readonly string[]
  readonly why: string
  readonly policies: readonly { readonly name: string; readonly result: string }[]
}

interface Facts {
  readonly manage: Manage
  /** Where clients of a zone seem to come from. */
  readonly addresses: Readonly<Record<string, string | undefined>>
}

export async function judgeRows(manage: Manage, rows: readonly VerdictRow[]): Promise<Judged> {
  const gateways = await readGateways(manage, '')
  const addresses = Object.fromEntries(gateways.map(({ zone, clientAddress }) => [zone, clientAddress]))
  const verdicts = []
  for (const row of rows) verdicts.push(compare(row, await verdictOf({ manage, addresses }, row)))
  return { changed: verdicts.filter(({ asExpected }) => !asExpected).length, verdicts }
}

/** What the tenant or the farm does not know makes a row fail, and not the table. */
async function verdictOf(facts: Facts, row: VerdictRow): Promise<Verdict> {
  try {
    return await (row.relyingParty === undefined ? askEntra(facts, row) : askFarm(facts, row, row.relyingParty))
  } catch (error) {
    if (!(error instanceof LabError) || !['notFound', 'invalidRequest'].includes(error.code)) throw error
    return { got: ['error'], why: error.reason, policies: [] }
  }
}

const triedSchema = z.object({
  outcome: z.enum(['allow', 'block', 'challenge']),
  reason: z.string(),
  requires: z.array(z.object({ control: z.string(), policy: z.string() })),
  policies: z.array(z.object({ name: z.string(), result: z.string(), reason: z.string() })),
})

async function askEntra({ manage, addresses }: Facts, row: VerdictRow): Promise<Verdict> {
  const { user, application, authenticatedWith, protectedApplication } = row
  if (application === undefined) {
    throw new LabError('invalidRequest', { detail: 'A row names an application or a relyingParty.' })
  }
  const conditions = conditionsOf(row, row.address ?? addresses[row.zone])
  const json = { user, application, authenticatedWith, protectedApplication, conditions }
  const tried = await ask(manage, { deployment: 'entra', path: '/try/sign-in', method: 'POST', json }, triedSchema)
  const { outcome, reason, requires, policies } = tried
  const controls = [...new Set(requires.map(({ control }) => control))]
  return { got: outcome === 'challenge' ? controls : [outcome], why: reason, policies }
}

const trusts = {
  none: undefined,
  registered: { isCompliant: false, trustType: 'Workplace' },
  hybrid: { isCompliant: false, trustType: 'ServerAD' },
  compliant: { isCompliant: true, trustType: 'AzureAD' },
} as const

function conditionsOf(row: VerdictRow, ipAddress: string | undefined): object {
  const said = {
    ipAddress,
    country: row.country,
    clientAppType: row.clientApp,
    devicePlatform: row.platform,
    signInRiskLevel: row.signInRisk,
    userRiskLevel: row.userRisk,
    insiderRiskLevel: row.insiderRisk,
    deviceInfo: trusts[row.device],
    ...(row.flow && { authenticationFlow: { transferMethod: row.flow } }),
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

const farmDevices = { none: 'none', registered: 'authenticated', hybrid: 'managed', compliant: 'compliant' } as const
const farmVerdicts: Readonly<Record<string, string>> = { permit: 'allow', deny: 'block', permitWithMfa: 'mfa' }

async function askFarm({ manage, addresses }: Facts, row: VerdictRow, relyingParty: string): Promise<Verdict> {
  const isMeant = ({ name, identifiers }: { name: string; identifiers: readonly string[] }) =>
    name === relyingParty || identifiers.includes(relyingParty)
  const trust = (await readTrusts(manage)).find(isMeant)
  if (!trust) throw new LabError('notFound', { detail: `AD FS has no relying party trust "${relyingParty}".` })
  const decision = await tryPolicy(manage, {
    relyingParty: trust.objectIdentifier,
    user: row.user,
    network: row.zone === 'corp' ? 'intranet' : 'extranet',
    address: row.address ?? addresses[row.zone],
    device: farmDevices[row.device],
  })
  const needsMfa = decision.outcome === 'permitWithMfa' && row.authenticatedWith === 'password'
  const got = needsMfa ? 'mfa' : decision.outcome === 'permitWithMfa' ? 'allow' : farmVerdicts[decision.outcome]
  return { got: [got ?? decision.outcome], why: decision.reason, policies: [] }
}

const notApplied = ['notApplied', 'notEnabled', 'reportOnlyNotApplied']

/** Pure: what was expected beside what is. */
function compare(row: VerdictRow, { got, why, policies }: Verdict): Judged['verdicts'][number] {
  const expected = [row.expected].flat()
  const applying = policies.filter(({ result }) => !notApplied.includes(result)).map(({ name }) => name)
  const { apply = [], notApply = [] } = row.policies ?? {}
  const problems = [
    ...(sameWords(expected, got) ? [] : [`expected ${expected.join(', ')}, got ${got.join(', ')}`]),
    ...apply.filter((name) => !applying.includes(name)).map((name) => `"${name}" does not apply`),
    ...notApply.filter((name) => applying.includes(name)).map((name) => `"${name}" applies`),
  ]
  return { name: row.name, expected, got: [...got], asExpected: problems.length === 0, why, problems }
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join() === b.toSorted().join()
}
