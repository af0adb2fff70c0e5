import { createHash } from 'node:crypto'
import { exchangeAttributesOf } from '../accounts/directory-user.ts'
import type { AccountRow } from '../accounts/schema.ts'
import type { SynchronizationParts } from './cycle.ts'

/** The objects of the connector space that Exchange Online has, not Entra ID. */
export const recipientKind = 'recipient'

/**
 * Hands Exchange Online the recipients whose attributes Exchange wrote here since it last took them ("Exchange hybrid
 * writeback and forward sync"). What it does not take is offered again in the next cycle.
 */
export async function forwardRecipients(parts: SynchronizationParts, inScope: ReadonlySet<string>): Promise<void> {
  const { accounts, store, context } = parts
  const touched = (await accounts.list()).filter(
    ({ object_guid, exchange_attributes }) => exchange_attributes !== null && inScope.has(object_guid),
  )
  const rows = await store.db.selectFrom('connector_space').selectAll().where('kind', '=', recipientKind).execute()
  const taken = new Map(rows.map(({ anchor, digest }) => [anchor, digest]))
  const recipients = touched.map((account) => ({ anchor: account.object_guid, value: recipientOf(account) }))
  const changed = recipients.filter(({ anchor, value }) => taken.get(anchor) !== digestOf(value))
  const present = new Set(recipients.map(({ anchor }) => anchor))
  const deletedGuids = rows.map(({ anchor }) => anchor).filter((anchor) => !present.has(anchor))
  if (changed.length === 0 && deletedGuids.length === 0) return
  const response = await context.http.send(
    `https://outlook.office365.com/forwardsync/${context.scenario.tenant.id}/recipients`,
    { method: 'POST', authenticate: true, json: { recipients: changed.map(({ value }) => value), deletedGuids } },
  )
  if (response.status !== 200)
    throw new Error(`Exchange Online answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
  for (const { anchor, value } of changed) await acknowledge(parts, anchor, digestOf(value))
  for (const anchor of deletedGuids)
    await store.db
      .deleteFrom('connector_space')
      .where('kind', '=', recipientKind)
      .where('anchor', '=', anchor)
      .execute()
}

function recipientOf(account: AccountRow) {
  return {
    objectGuid: account.object_guid,
    securityIdentifier: account.sid,
    userPrincipalName: account.user_principal_name,
    samAccountName: account.sam_account_name,
    displayName: account.display_name,
    givenName: account.given_name ?? '',
    surname: account.surname ?? '',
    title: account.title ?? '',
    department: account.department ?? '',
    mobile: account.mobile ?? '',
    mail: account.mail,
    attributes: exchangeAttributesOf(account),
  }
}

async function acknowledge({ store }: SynchronizationParts, anchor: string, digest: string): Promise<void> {
  await store.db
    .insertInto('connector_space')
    .values({ kind: recipientKind, anchor, digest })
    .onConflict((conflict) => conflict.columns(['kind', 'anchor']).doUpdateSet({ digest }))
    .execute()
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
