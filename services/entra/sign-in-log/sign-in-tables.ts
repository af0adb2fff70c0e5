import type { Generated } from 'kysely'

export interface SignInTables {
  sign_in: {
    position: Generated<number>
    id: string
    user_principal_name: string
    correlation_id: string
    created_at: number
    /** JSON of the record, without the policies: they are worked out again from what was judged. */
    record: string
  }
  policy_set: {
    id: string
    /** JSON of the policies and strengths. */
    source: string
  }
}
