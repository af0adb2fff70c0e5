import type { Random } from '#shared/random.ts'
import type { Store } from '#shared/store/store.ts'
import { createObjectTable } from '../objects/object-table.ts'
import type { ObjectTables } from '../objects/object-tables.ts'

/*
 * Outcomes that somebody wants to see: the next sign-ins or token requests of a person or an application end with a
 * chosen error, ask for consent or registration, or send a claims challenge. Owns the list and its counting down; the
 * dispatcher of sign-ins and the token endpoint ask it once for each of theirs.
 * URLs: GET|PUT|DELETE /outcomes (management).
 */

export type ForcedEffect =
  | { readonly effect: 'error'; readonly aadsts: number }
  | { readonly effect: 'consent' }
  | { readonly effect: 'registration' }
  | { readonly effect: 'claimsChallenge'; readonly claims?: string | undefined }

export type ForcedWhere = 'signIn' | 'token'

export interface ForcedOutcome {
  readonly id: string
  /** In lower case; whoever it is when left out. */
  readonly user?: string | undefined
  /** Of the client, in lower case; every application when left out. */
  readonly appId?: string | undefined
  readonly where: ForcedWhere
  /** How often it is still to happen. */
  readonly times: number
  readonly outcome: ForcedEffect
}

export interface Occasion {
  readonly where: ForcedWhere
  /** Absent where an application acts for itself. */
  readonly user?: string | undefined
  readonly appId: string
}

export interface ForcedOutcomes {
  list(): readonly ForcedOutcome[]
  replace(outcomes: readonly Omit<ForcedOutcome, 'id'>[]): Promise<void>
  /** Uses up one of the first outcome that fits; of two at once, each uses up its own. */
  take(occasion: Occasion): Promise<ForcedEffect | undefined>
  load(): Promise<void>
}

export function createForcedOutcomes<Schema extends ObjectTables>(
  store: Store<Schema>,
  random: Random,
): ForcedOutcomes {
  const table = createObjectTable<ForcedOutcome, Schema>(store, 'forcedOutcome')
  const remaining = () => table.all().filter(({ times }) => times > 0)
  const use = async (id: string): Promise<boolean> => {
    let used = false
    await table.update(id, (current) => {
      used = current.times > 0
      return used ? { ...current, times: current.times - 1 } : current
    })
    return used
  }
  return {
    list: remaining,
    load: table.load,
    async replace(outcomes) {
      for (const { id } of table.all()) await table.remove(id)
      for (const outcome of outcomes) await table.insert({ ...outcome, id: random.uuid() })
    },
    async take(occasion) {
      for (const { id, outcome } of remaining().filter((each) => fits(each, occasion))) {
        if (await use(id)) return outcome
      }
      return undefined
    },
  }
}

function fits(outcome: ForcedOutcome, { where, user, appId }: Occasion): boolean {
  if (outcome.where !== where) return false
  if (outcome.user !== undefined && outcome.user !== user?.toLowerCase()) return false
  return outcome.appId === undefined || outcome.appId === appId.toLowerCase()
}
