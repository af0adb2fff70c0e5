import { immutableIdOf } from '#shared/scenario/identifiers.ts'
import type { AccountWithGroups } from './accounts.ts'

/** What AD FS and Exchange are told of a person; `attributes` has LDAP names and is what claim rules query. */
export interface DirectoryUser {
  readonly objectGuid: string
  readonly immutableId: string
  readonly sid: string
  readonly samAccountName: string
  readonly netbiosName: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly givenName?: string
  readonly surname?: string
  readonly mail?: string
  readonly enabled: boolean
  readonly groups: readonly { readonly name: string; readonly samAccountName: string; readonly sid: string }[]
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

/** The relative id of Domain Users, every account's primary group. */
const domainUsersRid = 513

export function directoryUser(
  { account, groups }: AccountWithGroups,
  domain: { netbiosName: string; dnsName: string },
): DirectoryUser {
  const optional = {
    ...(account.given_name && { givenName: account.given_name }),
    ...(account.surname && { surname: account.surname }),
    ...(account.mail && { mail: account.mail }),
  }
  return {
    objectGuid: account.object_guid,
    immutableId: immutableIdOf(account.object_guid),
    sid: account.sid,
    samAccountName: account.sam_account_name,
    netbiosName: domain.netbiosName,
    userPrincipalName: account.user_principal_name,
    displayName: account.display_name,
    ...optional,
    enabled: account.enabled === 1,
    groups: groups.map((group) => ({ name: group.name, samAccountName: group.sam_account_name, sid: group.sid })),
    attributes: attributesOf({ account, groups }, domain),
  }
}

function attributesOf(
  { account, groups }: AccountWithGroups,
  domain: { dnsName: string },
): Record<string, readonly string[]> {
  const suffix = domain.dnsName
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',')
  const domainSid = account.sid.replace(/-\d+$/, '')
  const values: Record<string, readonly (string | null)[]> = {
    objectSID: [account.sid],
    objectGUID: [immutableIdOf(account.object_guid)],
    userPrincipalName: [account.user_principal_name],
    sAMAccountName: [account.sam_account_name],
    cn: [account.display_name],
    displayName: [account.display_name],
    givenName: [account.given_name],
    sn: [account.surname],
    mail: [account.mail],
    title: [account.title],
    department: [account.department],
    mobile: [account.mobile],
    distinguishedName: [`CN=${account.display_name},CN=Users,${suffix}`],
    memberOf: groups.map((group) => `CN=${group.name},CN=Users,${suffix}`),
    tokenGroups: [`${domainSid}-${domainUsersRid}`, ...groups.map((group) => group.sid)],
    primaryGroupID: [String(domainUsersRid)],
    accountExpires: [account.account_expires],
    pwdLastSet: [account.password_expired === 1 ? '0' : fileTime(account.password_set_at)],
    badPwdCount: [String(account.bad_password_count)],
    badPasswordTime: [fileTime(account.bad_password_time)],
    ...exchangeAttributesOf(account),
  }
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, all]) => {
      const present = all.filter((value) => value !== null)
      return present.length > 0 ? [[name, present]] : []
    }),
  )
}

/** 100-nanosecond intervals since 1601, 0 for never ([MS-ADTS] §3.1.1.4.5). */
function fileTime(instant: string | null): string {
  return instant === null ? '0' : String((BigInt(Date.parse(instant)) + 11_644_473_600_000n) * 10_000n)
}

/** By LDAP name, such as proxyAddresses; nothing for an account that Exchange never touched. */
export function exchangeAttributesOf({
  exchange_attributes: written,
}: Pick<AccountWithGroups['account'], 'exchange_attributes'>): Readonly<Record<string, readonly string[]>> {
  return written === null ? {} : (JSON.parse(written) as Record<string, readonly string[]>)
}
