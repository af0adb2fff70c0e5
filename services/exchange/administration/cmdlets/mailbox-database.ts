import type { CmdletParts, Parameters } from '../cmdlet.ts'
import { notFound } from '../names.ts'

/** Of an organization's own servers, which keep the mailboxes of a place in one database. */
export const databaseName = 'Mailbox Database 1'

/** @throws CmdletError for a database that is not there. */
export function requireDatabase({ config }: Pick<CmdletParts, 'config'>, name: Parameters[string]): void {
  if (name !== undefined && String(name).toLowerCase() !== databaseName.toLowerCase())
    throw notFound(String(name), config)
}
