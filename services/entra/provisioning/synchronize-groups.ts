import type { Kysely } from 'kysely'
import { entraObjectIdOf } from '#shared/scenario/identifiers.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import { type Change, saysTheSame } from './counts.ts'
import type { SyncedGroup } from './synchronize-schema.ts'

/** Adds or changes a group and makes its members exactly those of the export. */
export async function synchronizeGroup(
  db: Kysely<PeopleTables>,
  group: SyncedGroup,
  tenantId: string,
): Promise<Change> {
  const columns = {
    display_name: group.displayName,
    description: group.description ?? null,
    sam_account_name: group.onPremisesSamAccountName,
    sid: group.onPremisesSecurityIdentifier,
  }
  const existing = await db
    .selectFrom('security_group')
    .selectAll()
    .where('immutable_id', '=', group.sourceAnchor)
    .executeTakeFirst()
  if (!existing) {
    const objectId = entraObjectIdOf(tenantId, group.sourceAnchor)
    await db
      .insertInto('security_group')
      .values({ object_id: objectId, immutable_id: group.sourceAnchor, created_at: null, ...columns })
      .execute()
    await replaceMembers(db, objectId, group.memberAnchors)
    return 'added'
  }
  const sameMembers = !(await replaceMembers(db, existing.object_id, group.memberAnchors))
  if (sameMembers && saysTheSame({ ...existing }, columns)) return 'unchanged'
  await db.updateTable('security_group').set(columns).where('object_id', '=', existing.object_id).execute()
  return 'updated'
}

/** True when anybody came or went. */
async function replaceMembers(
  db: Kysely<PeopleTables>,
  groupId: string,
  memberAnchors: readonly string[],
): Promise<boolean> {
  const rows = await db.selectFrom('group_member').select('member_anchor').where('group_id', '=', groupId).execute()
  const present = new Set(rows.map((row) => row.member_anchor))
  const wanted = new Set(memberAnchors)
  const left = [...present].filter((anchor) => !wanted.has(anchor))
  const joined = [...wanted].filter((anchor) => !present.has(anchor))
  for (const anchor of left) {
    await db.deleteFrom('group_member').where('group_id', '=', groupId).where('member_anchor', '=', anchor).execute()
  }
  for (let from = 0; from < joined.length; from += 500) {
    const members = joined.slice(from, from + 500).map((anchor) => ({ group_id: groupId, member_anchor: anchor }))
    await db.insertInto('group_member').values(members).execute()
  }
  return left.length + joined.length > 0
}
