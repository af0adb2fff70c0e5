import type { Kysely } from 'kysely'
import { sql } from '#shared/store/kysely.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { PeopleTables } from './people-tables.ts'

type Grouped = ReadonlyMap<string, readonly string[]>

/** The groups of everybody, or of one anchor: groups in groups count as well. */
export async function groupsByAnchor(db: Kysely<PeopleTables>, anchor?: string): Promise<Grouped> {
  const { rows } = await memberships(anchor).execute(db)
  return collect(rows.map((row) => [row.anchor, row.group_id]))
}

function memberships(anchor?: string) {
  const whose = anchor === undefined ? sql`` : sql`where member_anchor = ${anchor}`
  return sql<{ anchor: string; group_id: string }>`
    with recursive membership (anchor, group_id) as (
      select member_anchor, group_id from group_member ${whose}
      union
      select membership.anchor, outer_member.group_id
      from membership
      join security_group on security_group.object_id = membership.group_id
      join group_member as outer_member on outer_member.member_anchor = security_group.immutable_id
    )
    select anchor, group_id from membership order by anchor, group_id`
}

interface Memberships {
  readonly groups: readonly string[]
  /** Template ids. */
  readonly roles: readonly string[]
}

interface Member {
  readonly anchor: string
  readonly objectId: string
}

/** What one account is in, asked for at every step of a sign-in. */
export function membershipsOfOne(db: Kysely<PeopleTables>): (member: Member) => Promise<Memberships> {
  const groups = prepared(db, ({ anchor }: Member) => ({ compile: () => memberships(anchor).compile(db) }))
  const roles = prepared(db, ({ objectId }: Member) => rolesQuery(db).where('object_id', '=', objectId))
  return async (member) => ({
    groups: (await groups(member)).rows.map(({ group_id }) => group_id),
    roles: (await roles(member)).rows.map(({ role_template_id }) => role_template_id),
  })
}

function rolesQuery(db: Kysely<PeopleTables>) {
  return db.selectFrom('directory_role_assignment').selectAll().orderBy('object_id').orderBy('role_template_id')
}

/** Template ids of directory roles, of everybody. */
export async function rolesByPerson(db: Kysely<PeopleTables>): Promise<Grouped> {
  const rows = await rolesQuery(db).execute()
  return collect(rows.map((row) => [row.object_id, row.role_template_id]))
}

function collect(pairs: readonly (readonly [string, string])[]): Grouped {
  const grouped = new Map<string, string[]>()
  for (const [key, value] of pairs) {
    const values = grouped.get(key)
    if (values) values.push(value)
    else grouped.set(key, [value])
  }
  return grouped
}
