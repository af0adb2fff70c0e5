export interface SignInTables {
  sign_in: {
    position: number
    id: string
    user_principal_name: string
    created_at: number
    /** JSON of the whole record. */
    record: string
  }
}
