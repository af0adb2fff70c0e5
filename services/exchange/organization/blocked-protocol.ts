import type { AuthenticationPolicy, OrganizationStore } from './organization-store.ts'

/** The protocols that an authentication policy knows, as its parameters are named. */
export type PolicyProtocol =
  | 'ActiveSync'
  | 'Autodiscover'
  | 'Imap'
  | 'Mapi'
  | 'OfflineAddressBook'
  | 'OutlookService'
  | 'Pop'
  | 'Powershell'
  | 'ReportingWebServices'
  | 'Rpc'
  | 'Smtp'
  | 'WebServices'

export const onlineProtocols: readonly PolicyProtocol[] = [
  'ActiveSync',
  'Autodiscover',
  'Imap',
  'Mapi',
  'OfflineAddressBook',
  'OutlookService',
  'Pop',
  'Powershell',
  'ReportingWebServices',
  'Rpc',
  'Smtp',
  'WebServices',
]

export const onPremisesProtocols: readonly PolicyProtocol[] = [
  'ActiveSync',
  'Autodiscover',
  'Imap',
  'Mapi',
  'OfflineAddressBook',
  'Pop',
  'Rpc',
  'WebServices',
]

/** Names of the settings that assign policies. */
export const assignedPolicy = 'AuthenticationPolicy'
export const defaultPolicy = 'DefaultAuthenticationPolicy'

/**
 * Why a policy blocks this kind of authentication for somebody, or nothing where it may go on. The person's own policy
 * replaces the organization's ("Disable Basic authentication in Exchange Online"); without any, Basic is allowed.
 * `objectGuid` is undefined for somebody who is no recipient: the organization's policy counts for them.
 */
export async function blockingPolicy(
  store: OrganizationStore,
  kind: 'basic' | 'modern',
  protocol: PolicyProtocol,
  objectGuid: string | undefined,
): Promise<string | undefined> {
  const own = objectGuid && (await store.recipientSettings(objectGuid))[assignedPolicy]
  const assigned = own || (await store.settings())[defaultPolicy]
  const policy = typeof assigned === 'string' ? await store.findPolicy(assigned) : undefined
  return policy && blocks(policy, kind, protocol) ? policy.name : undefined
}

/** Exchange Online's switches allow and are off in a new policy; those of Exchange Server block, and are off too. */
function blocks({ switches }: AuthenticationPolicy, kind: 'basic' | 'modern', protocol: PolicyProtocol): boolean {
  if (kind === 'modern') return switches[`BlockModernAuth${protocol}`] === true
  const allow = switches[`AllowBasicAuth${protocol}`]
  return allow === undefined ? switches[`BlockLegacyAuth${protocol}`] === true : !allow
}
