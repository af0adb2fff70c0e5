import type { Clock } from '#shared/clock.ts'
import type { Store } from '#shared/store/store.ts'
import { createObjectTable, type TenantObject } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'

/** [Graph] agreement: terms of use that a policy may ask people to accept. */
export interface Agreement {
  readonly id: string
  readonly displayName: string
  readonly text: string
  /** Another one must be accepted anew. */
  readonly version: string
}

/** [Graph] agreementAcceptance; `state` of the last answer. */
export interface Acceptance {
  readonly agreementId: string
  readonly objectId: string
  readonly version: string
  readonly state: 'accepted' | 'declined'
  /** Epoch milliseconds. */
  readonly at: number
}

export interface AgreementStore {
  byId(id: string): Agreement | undefined
  all(): readonly Agreement[]
  /** Ids of the agreements that somebody accepted as they are now. */
  acceptedBy(objectId: string): readonly string[]
  answers(): readonly Acceptance[]
  answer(agreement: Agreement, objectId: string, state: Acceptance['state']): Promise<void>
  /** Whoever accepted is asked again; one person's answers, or all. */
  forget(objectId?: string): Promise<number>
  load(): Promise<void>
}

type StoredAcceptance = Acceptance & TenantObject

export function createAgreementStore<Schema extends ObjectTables>(
  store: Store<Schema>,
  { agreements, clock }: { readonly agreements: readonly Agreement[]; readonly clock: Clock },
): AgreementStore {
  const table = createObjectTable<StoredAcceptance, Schema>(store, 'agreementAcceptance')
  const answerOf = (agreementId: string, objectId: string) => table.byId(`${agreementId} ${objectId}`)
  return {
    byId: (id) => agreements.find((agreement) => agreement.id === id.toLowerCase()),
    all: () => agreements,
    acceptedBy: (objectId) =>
      agreements.flatMap(({ id, version }) => {
        const answer = answerOf(id, objectId)
        return answer?.state === 'accepted' && answer.version === version ? [id] : []
      }),
    answers: () => table.all(),
    async answer({ id: agreementId, version }, objectId, state) {
      const id = `${agreementId} ${objectId}`.toLowerCase()
      const acceptance = { id, agreementId, objectId, version, state, at: clock.now().getTime() }
      const changed = await table.update(id, () => acceptance)
      if (!changed) await table.insert(acceptance)
    },
    async forget(objectId) {
      const forgotten = table.all().filter((each) => objectId === undefined || each.objectId === objectId)
      for (const { id } of forgotten) await table.remove(id)
      return forgotten.length
    },
    load: () => table.load(),
  }
}
