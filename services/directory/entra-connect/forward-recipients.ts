import { createHash } from 'node:crypto'
import { immutableIdOf } from '#shared/scenario/identifiers.ts'
import { exchangeAttributesOf } from '../accounts/directory-user.ts'
import type { AccountRow, ContactRow, GroupRow } from '../accounts/schema.ts'
import type { SynchronizationParts } from './cycle.ts'

/** The objects of the connector space that Exchange Online has, not Entra ID. */
export const recipientKind = 'recipient'

/**
 * Hands Exchange Online the recipients whose attributes Exchange wrote here since it last took them, and says who is
 * gone ("Exchange hybrid writeback and forward sync"). What it does not take is offered again in the next cycle.
 */
export async function forwardRecipients(parts: SynchronizationParts, inScope: ReadonlySet<string>): Promise<void> {
  const { store, context } = parts
  await markDeletedAccounts(parts, inScope)
  const rows = await store.db.selectFrom('connector_space').selectAll().where('kind', '=', recipientKind).execute()
  const taken = new Map(rows.map(({ anchor, digest }) => [anchor, digest]))
  const all = await mailObjectsOf(parts, inScope)
  const changed = all.filter(({ anchor, value }) => taken.get(anchor) !== digestOf(value))
  const present = new Set(all.map(({ anchor }) => anchor))
  const deletedGuids = rows.map(({ anchor }) => anchor).filter((anchor) => !present.has(anchor))
  if (changed.length === 0 && deletedGuids.length === 0) return
  const valuesOf = (kind: MailObject['kind']) => changed.filter((each) => each.kind === kind).map(({ value }) => value)
  const json = {
    recipients: valuesOf('account'),
    contacts: valuesOf('contact'),
    groups: valuesOf('group'),
    deletedGuids,
  }
  const url = `https://outlook.office365.com/forwardsync/${context.scenario.tenant.id}/recipients`
  const response = await context.http.send(url, { method: 'POST', authenticate: true, json })
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

interface MailObject {
  readonly kind: 'account' | 'contact' | 'group'
  readonly anchor: string
  readonly value: Readonly<Record<string, unknown>>
}

async function mailObjectsOf(
  { accounts, mailObjects }: SynchronizationParts,
  inScope: ReadonlySet<string>,
): Promise<readonly MailObject[]> {
  const wasTouched = (row: { readonly exchange_attributes: string | null }) => row.exchange_attributes !== null
  const people = (await accounts.list()).filter((row) => wasTouched(row) && inScope.has(row.object_guid))
  const contacts = (await mailObjects.contacts()).filter(wasTouched)
  const groups = (await mailObjects.groups()).filter((row) => wasTouched(row) && row.synchronized === 1)
  return [
    ...people.map((row) => ({ kind: 'account' as const, anchor: row.object_guid, value: recipientOf(row) })),
    ...contacts.map((row) => ({ kind: 'contact' as const, anchor: row.object_guid, value: contactOf(row) })),
    ...groups.map((row) => ({ kind: 'group' as const, anchor: row.object_guid, value: groupOf(row) })),
  ]
}

/** Accounts that Entra ID has and that are no longer here, whether Exchange wrote to them or not. */
async function markDeletedAccounts(parts: SynchronizationParts, inScope: ReadonlySet<string>): Promise<void> {
  const rows = await parts.store.db.selectFrom('connector_space').selectAll().where('kind', '=', 'user').execute()
  const present = new Set([...inScope].map(immutableIdOf))
  for (const { anchor } of rows) if (!present.has(anchor)) await acknowledge(parts, objectGuidIn(anchor), 'deleted')
}

/** Of an ImmutableID, whose bytes are in .NET's order. */
function objectGuidIn(immutableId: string): string {
  const bytes = Buffer.from(immutableId, 'base64')
  for (const [from, to] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ] as const)
    bytes.subarray(from, to).reverse()
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function contactOf(row: ContactRow) {
  return {
    objectGuid: row.object_guid,
    displayName: row.name,
    givenName: row.given_name,
    surname: row.surname,
    attributes: exchangeAttributesOf(row),
  }
}

function groupOf(row: GroupRow & { readonly members: readonly string[] }) {
  return {
    objectGuid: row.object_guid,
    displayName: row.name,
    members: row.members.toSorted(),
    attributes: exchangeAttributesOf(row),
  }
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
