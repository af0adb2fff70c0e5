import type { Migration } from '#shared/store/store.ts'

export declare const signInLogMigrations: readonly Migration[]
