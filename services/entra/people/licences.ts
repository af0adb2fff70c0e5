import type { Kysely } from 'kysely'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Store } from '#shared/store/store.ts'
import type { Person } from './people.ts'
import type { PeopleTables } from './people-tables.ts'

/** Who has the licence that multifactor authentication and mail need. */
export interface Licences {
  /** Given or taken away; Exchange Online hears of it and makes the mailbox, or lets it go. */
  set(person: Person, licensed: boolean): Promise<void>
  /** Tells Exchange Online that the account is gone, and its licence with it. */
  accountDeleted(person: Person): Promise<void>
}

export function createLicences<Schema extends PeopleTables>(
  store: Store<Schema>,
  { http, log, scenario }: Pick<DeploymentContext, 'http' | 'log' | 'scenario'>,
): Licences {
  const db = store.db as unknown as Kysely<PeopleTables>
  const url = `https://outlook.office365.com/forwardsync/${scenario.tenant.id}/licences`
  /** A tenant without Exchange Online has licences too. */
  const tell = async ({ objectId, userPrincipalName, displayName, ...person }: Person, licensed: boolean) => {
    const { givenName = '', surname = '', immutableId } = person
    const json = { objectId, userPrincipalName, displayName, givenName, surname, immutableId, licensed }
    try {
      const answer = await http.send(url, { method: 'POST', authenticate: true, json })
      const text = await answer.text()
      if (answer.status !== 200) log.warn({ status: answer.status, text }, 'licence for Exchange Online')
    } catch (err) {
      log.debug({ err }, 'licence for Exchange Online')
    }
  }
  return {
    set: async (person, licensed) => {
      const row = { licensed: Number(licensed) }
      await db
        .insertInto('licence')
        .values({ object_id: person.objectId, ...row })
        .onConflict((conflict) => conflict.column('object_id').doUpdateSet(row))
        .execute()
      await tell(person, licensed)
    },
    accountDeleted: (person) => tell(person, false),
  }
}
