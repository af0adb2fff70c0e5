import type { OrganizationStore, Settings } from './organization-store.ts'

/** The switches of Set-CASMailbox that shut a door for one mailbox ("Set-CASMailbox"). */
export type ClientProtocol =
  | 'OWAEnabled'
  | 'ECPEnabled'
  | 'EwsEnabled'
  | 'MAPIEnabled'
  | 'ActiveSyncEnabled'
  | 'OutlookMobileEnabled'

/** Why a mailbox may not be used over a protocol, for the journal; nothing where it may. */
export async function shutDoor(
  organization: Pick<OrganizationStore, 'recipientSettings'>,
  protocol: ClientProtocol,
  { objectGuid, userPrincipalName }: { readonly objectGuid: string; readonly userPrincipalName: string },
): Promise<string | undefined> {
  const settings = await organization.recipientSettings(objectGuid)
  return settings[protocol] === false ? `${protocol} is off for ${userPrincipalName} (Set-CASMailbox)` : undefined
}

export interface WebServicesFacts {
  /** Of the organization; undefined members were never set. */
  readonly organization: Settings
  /** Of the mailbox. */
  readonly mailbox: Settings
  readonly userAgent: string
  /** Whose token it is; absent with a password. */
  readonly appId?: string | undefined
}

/**
 * Why Exchange Web Services are refused ("Control access to EWS in Exchange"): a switch of the organization or of the
 * mailbox that is off, a list of applications by id that does not have this one ("Deprecation of Exchange Web Services
 * in Exchange Online": EwsAllowedAppIDs), or an application policy with a list of user agents; the mailbox's own policy
 * goes before.
 */
export function evaluateWebServicesAccess(facts: WebServicesFacts): string | undefined {
  const { organization, mailbox, appId } = facts
  if (organization.EwsEnabled === false) return 'EwsEnabled is off for the organization'
  if (mailbox.EwsEnabled === false) return 'EwsEnabled is off for the mailbox'
  const applications = idsIn(organization.EwsAllowedAppIDs)
  if (applications.length > 0 && !applications.includes(appId?.toLowerCase() ?? ''))
    return `EwsAllowedAppIDs does not have ${appId === undefined ? 'who comes without a token' : appId}`
  return evaluateUserAgent(facts)
}

function evaluateUserAgent({ organization, mailbox, userAgent }: WebServicesFacts): string | undefined {
  const owner = typeof mailbox.EwsApplicationAccessPolicy === 'string' ? mailbox : organization
  const listed = (name: string) => listOf(owner[name]).some((pattern) => isLike(userAgent, pattern))
  switch (owner.EwsApplicationAccessPolicy) {
    case 'EnforceAllowList':
      return listed('EwsAllowList') ? undefined : `EwsAllowList does not have the user agent "${userAgent}"`
    case 'EnforceBlockList':
      return listed('EwsBlockList') ? `EwsBlockList has the user agent "${userAgent}"` : undefined
    default:
      return undefined
  }
}

/** One text, with commas between the ids. */
function idsIn(value: Settings[string] | undefined): readonly string[] {
  if (typeof value !== 'string') return []
  const ids = value.toLowerCase().split(',')
  return ids.map((each) => each.trim()).filter((each) => each !== '')
}

function listOf(value: Settings[string] | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : []
}

/** With `*` for any characters, in any case. */
function isLike(text: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`, 'is').test(text)
}
