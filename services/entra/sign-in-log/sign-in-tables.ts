import type { Generated } from 'kysely'

export interface SignInTables {
  sign_in: {
    position: Generated<number>
    id: string
    user_principal_name: string
    created_at: number
    /** JSON of the whole record. */
    record: string
  }
}
