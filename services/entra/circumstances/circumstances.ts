import type { Clock } from '#shared/clock.ts'
import type { Store } from '#shared/store/store.ts'
import type { Signals } from '../conditional-access/signals.ts'
import type { Revocations } from '../evaluation/revocations.ts'
import type { ObjectTables } from '../objects/object-tables.ts'
import { type AddressCountries, createAddressCountries } from './address-countries.ts'
import { type Agreement, type AgreementStore, createAgreementStore } from './agreements.ts'
import { createRiskStore, type RiskStore } from './risk.ts'
import { createWhereabouts, type Whereabouts } from './whereabouts.ts'

/*
 * What Conditional Access asks about and no directory object tells: risk, accepted terms, the country of an address.
 * Owns keeping it, and putting it into the signals of an evaluation; decides nothing.
 * Serves rows of the management port (management-routes.ts).
 */
export interface Circumstances {
  readonly risk: RiskStore
  readonly agreements: AgreementStore
  readonly countries: AddressCountries
  readonly whereabouts: Whereabouts
  load(): Promise<void>
}

export function createCircumstances<Schema extends ObjectTables>(parts: {
  readonly store: Store<Schema>
  readonly agreements: readonly Agreement[]
  readonly clock: Clock
  readonly revocations: Pick<Revocations, 'record'>
}): Circumstances {
  const { store, agreements: defined, clock } = parts
  const risk = createRiskStore(parts)
  const agreements = createAgreementStore(store, { agreements: defined, clock })
  const countries = createAddressCountries(store)
  const whereabouts = createWhereabouts(store)
  const load = async () => {
    await Promise.all([risk, agreements, countries, whereabouts].map((part) => part.load()))
  }
  return { risk, agreements, countries, whereabouts, load }
}

/** The signals with what is known of the person; a password that was changed since remediates the user's risk. */
export function withCircumstances(
  signals: Signals,
  { risk, agreements }: Pick<Circumstances, 'risk' | 'agreements'>,
  passwordChangedAt: number | undefined,
): Signals {
  const { objectId } = signals.user
  const known = risk.of(objectId)
  const termsOfUse = agreements.acceptedBy(objectId)
  const passwordChanged = passwordChangedAt !== undefined && passwordChangedAt >= known.userSince
  return {
    ...signals,
    userRisk: known.user,
    signInRisk: known.signIn,
    ...(known.insider && { insiderRisk: known.insider }),
    satisfied: { ...signals.satisfied, passwordChanged, ...(termsOfUse.length > 0 && { termsOfUse }) },
  }
}
