import type { Clock } from '#shared/clock.ts'
import type { Store } from '#shared/store/store.ts'
import type { InsiderRiskLevel, RiskLevel } from '../conditional-access/signals.ts'
import type { Revocations } from '../evaluation/revocations.ts'
import { createObjectTable, type TenantObject } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'

/** What Identity Protection and Purview would say of somebody; in this world an administrator of the mock says it. */
export interface Risk {
  readonly user: RiskLevel
  readonly signIn: RiskLevel
  readonly insider?: InsiderRiskLevel | undefined
  /** Sign-ins that the sign-in risk is still about; undefined for all of them. */
  readonly nextSignIns?: number | undefined
  /** When the user risk was set, in epoch milliseconds: a password that was changed since remediates it. */
  readonly userSince: number
  /** What became of the user risk; undefined for nobody that was ever at risk. */
  readonly state?: RiskState | undefined
}

/** [Graph] riskState. */
export type RiskState = 'atRisk' | 'confirmedCompromised' | 'dismissed' | 'remediated'

export interface RiskStore {
  /** From memory: every evaluation asks. */
  of(objectId: string): Risk
  set(objectId: string, risk: Omit<Risk, 'userSince'>): Promise<Risk>
  /** "Remediate risks and unblock users": what an administrator says of somebody. */
  confirmCompromised(objectId: string): Promise<void>
  dismiss(objectId: string): Promise<void>
  /** A sign-in is over: it counts, and a second factor of now remediates its risk. */
  signedIn(objectId: string, proved: { readonly multifactor: boolean }): Promise<void>
  /** "Self-remediation with a secure password change". */
  passwordChanged(objectId: string): Promise<void>
  load(): Promise<void>
}

interface RiskParts<Schema> {
  readonly store: Store<Schema>
  readonly clock: Clock
  readonly revocations: Pick<Revocations, 'record'>
}

type StoredRisk = Risk & TenantObject

const noRisk: Risk = { user: 'none', signIn: 'none', userSince: 0 }

export function createRiskStore<Schema extends ObjectTables>({
  store,
  clock,
  revocations,
}: RiskParts<Schema>): RiskStore {
  const table = createObjectTable<StoredRisk, Schema>(store, 'risk')
  const change = async (objectId: string, next: (current: Risk) => Risk): Promise<Risk> => {
    const id = objectId.toLowerCase()
    const changed = await table.update(id, (current) => ({ ...next(current), id }))
    return changed ?? table.insert({ ...next(noRisk), id })
  }
  const of = (objectId: string) => table.byId(objectId) ?? noRisk
  const set: RiskStore['set'] = async (objectId, risk) => {
    const before = table.byId(objectId)?.user
    const state = risk.state ?? (risk.user === 'none' ? undefined : 'atRisk')
    const changed = await change(objectId, () => ({ ...risk, state, userSince: clock.now().getTime() }))
    // "Continuous access evaluation": high user risk is a critical event.
    if (risk.user === 'high' && before !== 'high') await revocations.record(objectId, 'riskDetected')
    return changed
  }
  return {
    of,
    set,
    confirmCompromised: async (objectId) =>
      void (await set(objectId, { ...of(objectId), user: 'high', state: 'confirmedCompromised' })),
    dismiss: async (objectId) => void (await set(objectId, { ...of(objectId), user: 'none', state: 'dismissed' })),
    async signedIn(objectId, { multifactor }) {
      if ((table.byId(objectId)?.signIn ?? 'none') === 'none') return
      await change(objectId, (risk) => afterSignIn(risk, multifactor))
    },
    async passwordChanged(objectId) {
      if ((table.byId(objectId)?.user ?? 'none') === 'none') return
      await change(objectId, (risk) => ({ ...risk, user: 'none', state: 'remediated' }))
    },
    load: () => table.load(),
  }
}

function afterSignIn(risk: Risk, multifactor: boolean): Risk {
  const left = risk.nextSignIns === undefined ? undefined : risk.nextSignIns - 1
  const isOver = left === undefined ? multifactor : left <= 0
  return isOver ? { ...risk, signIn: 'none', nextSignIns: undefined } : { ...risk, nextSignIns: left }
}
