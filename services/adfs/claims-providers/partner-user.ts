import type { Claim } from '../claim-rules/claim.ts'
import { claimTypes } from '../claims/claim-types.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import type { Session } from '../sessions/session.ts'

/** Somebody of another claims provider, for whom there is no account here: what the session says is all there is. */
export function partnerUser({ user, provider }: Session): DirectoryUser {
  const groups = (provider?.claims ?? []).filter(({ type }) => type === claimTypes.groupSid)
  return {
    objectGuid: '',
    sid: user.sid,
    samAccountName: user.userPrincipalName,
    netbiosName: '',
    userPrincipalName: user.userPrincipalName,
    displayName: user.userPrincipalName,
    enabled: true,
    groups: groups.map(({ value }) => ({ name: value, samAccountName: value, sid: value })),
    attributes: {},
  }
}

const namingTypes = [claimTypes.upn, claimTypes.emailAddress, claimTypes.name, claimTypes.nameIdentifier]

/** By what the acceptance rules let through; `subject` is how the partner's token calls the user. */
export function partnerUserName(accepted: readonly Claim[], subject: string | undefined): string {
  const naming = namingTypes.flatMap((type) => accepted.find((claim) => claim.type === type)?.value ?? [])
  return naming[0] ?? subject ?? 'unnamed'
}

/** Nobody's SID: an account of Active Directory is never found by it, whatever the partner says. */
export function partnerSubjectId(provider: string, subject: string | undefined, name: string): string {
  return `${provider}|${subject ?? name}`
}
