import type { Settings } from './organization-store.ts'

/** What a recipient takes mail from; objectGuids, of groups too ("Configure message delivery restrictions"). */
export interface DeliveryRestrictions {
  readonly requiresAuthentication: boolean
  /** Nobody else may send; empty where everybody may. */
  readonly acceptsFrom: readonly string[]
  readonly rejectsFrom: readonly string[]
}

/** Of whoever sends: the person and every group that they are in; empty for somebody whom nobody knows. */
export interface RestrictedSender {
  readonly isAuthenticated: boolean
  readonly identities: readonly string[]
}

/** The names under which the cmdlets keep them. */
export const acceptSetting = 'AcceptMessagesOnlyFromSendersOrMembers'
export const rejectSetting = 'RejectMessagesFromSendersOrMembers'
export const authenticationSetting = 'RequireSenderAuthenticationEnabled'

/** Groups are for the organization's own people until somebody opens them; mailboxes take mail from everywhere. */
export function restrictionsOf(settings: Settings, isGroup: boolean): DeliveryRestrictions {
  const list = (name: string) => (Array.isArray(settings[name]) ? (settings[name] as readonly string[]) : [])
  const required = settings[authenticationSetting]
  return {
    requiresAuthentication: typeof required === 'boolean' ? required : isGroup,
    acceptsFrom: list(acceptSetting),
    rejectsFrom: list(rejectSetting),
  }
}

export type RestrictionReason = 'notAuthenticated' | 'notAllowed'

/** Why the recipient takes nothing from the sender; nothing where it does. */
export function evaluateRestrictions(
  { requiresAuthentication, acceptsFrom, rejectsFrom }: DeliveryRestrictions,
  { isAuthenticated, identities }: RestrictedSender,
): RestrictionReason | undefined {
  if (requiresAuthentication && !isAuthenticated) return 'notAuthenticated'
  const isAmong = (list: readonly string[]) => identities.some((each) => list.includes(each))
  if (acceptsFrom.length > 0 && !(isAuthenticated && isAmong(acceptsFrom))) return 'notAllowed'
  return isAmong(rejectsFrom) ? 'notAllowed' : undefined
}
