import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { CmdletParts } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { distinguishedName, legacyName } from '../describe-recipient.ts'
import { notFound } from '../names.ts'

/**
 * By address, user principal name, GUID, SID, distinguished name, LegacyExchangeDN, `DOMAIN\\name`, alias or display
 * name, as Identity takes them.
 * @throws CmdletError objectNotFound, or invalidArgument where several have the name.
 */
export async function recipientNamed(
  parts: CmdletParts,
  name: string,
  types: readonly Recipient['type'][],
): Promise<Recipient> {
  const { recipients, config } = parts
  const wanted = withoutDomain(parts, name.toLowerCase())
  const exact =
    (await recipients.findRecipient('userPrincipalName', wanted)) ??
    (await recipients.findRecipient('emailAddress', wanted))
  if (exact && types.includes(exact.type)) return exact
  const all = (await recipients.listRecipients()).filter(({ type }) => types.includes(type))
  const found = all.filter((each) => namesOf(parts, each).includes(wanted))
  const [recipient] = found
  if (!recipient) throw notFound(name, config)
  if (found.length === 1) return recipient
  throw new CmdletError(
    'invalidArgument',
    `The operation couldn't be performed because '${name}' matches multiple entries.`,
  )
}

/** `CONTOSO\\alice` is alice; of other domains nobody is known. */
function withoutDomain({ context }: CmdletParts, name: string): string {
  const domain = `${context.scenario.organization.activeDirectory.netbiosName.toLowerCase()}\\`
  return name.startsWith(domain) ? name.slice(domain.length) : name
}

/** In lower case. */
function namesOf({ config }: CmdletParts, recipient: Recipient): readonly string[] {
  const { userPrincipalName, objectGuid, entraObjectId, mailboxId, sid, displayName, alias } = recipient
  const [accountName] = userPrincipalName.split('@')
  const distinguished = [distinguishedName(config, displayName), legacyName(alias)]
  const names = [objectGuid, entraObjectId, mailboxId, sid, displayName, alias, accountName, ...distinguished]
  return names.flatMap((each) => (each === undefined ? [] : [each.toLowerCase()]))
}
