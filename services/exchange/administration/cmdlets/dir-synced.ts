import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { CmdletError } from '../cmdlet-error.ts'

/** What Exchange Online says of attributes whose master is the directory on premises. */
export function dirSynced({ displayName }: Recipient, cmdlet: string, parameter: string): CmdletError {
  return new CmdletError(
    'invalidArgument',
    `The operation on mailbox "${displayName}" failed because it's out of the current user's write scope. The action '${cmdlet}', '${parameter}', can't be performed on the object '${displayName}' because the object is being synchronized from your on-premises organization. This action should be performed on the object in your on-premises organization.`,
  )
}
