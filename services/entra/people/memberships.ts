import type { Kysely, RawBuilder } from 'kysely'
import { sql } from '#shared/store/kysely.ts'
import { cloudAnchor } from './anchors.ts'
import type { PeopleTables } from './people-tables.ts'

/** The groups of one anchor: groups in groups count as well. */
export async function groupsOfAnchor(db: Kysely<PeopleTables>, anchor: string): Promise<readonly string[]> {
  const { rows } = await sql<{ group_ids: string | null }>`select ${groupIdsOf(sql`${anchor}`)} as group_ids`.execute(
    db,
  )
  return ids(rows[0]?.group_ids ?? null)
}

/** Of the `person` of the query around it: every step of a sign-in reads an account with what it is in. */
export function membershipsOfPerson() {
  const objectId = sql.ref('person.object_id')
  const anchor = sql`coalesce(${sql.ref('person.immutable_id')}, ${sql.lit(cloudAnchor(''))} || ${objectId})`
  return {
    groups: groupIdsOf(anchor),
    roles: sql<string | null>`(
      select string_agg(role_template_id, ' ' order by role_template_id)
      from directory_role_assignment
      where directory_role_assignment.object_id = ${objectId})`,
  }
}

/** Separated by spaces; `ids` reads them. */
function groupIdsOf(anchor: RawBuilder<unknown>): RawBuilder<string | null> {
  return sql<string | null>`(
    with recursive membership (group_id) as (
      select group_id from group_member where member_anchor = ${anchor}
      union
      select outer_member.group_id
      from membership
      join security_group on security_group.object_id = membership.group_id
      join group_member as outer_member on outer_member.member_anchor = security_group.immutable_id
    )
    select string_agg(group_id, ' ' order by group_id) from membership)`
}

export function ids(joined: string | null): readonly string[] {
  return joined === null ? [] : joined.split(' ')
}
