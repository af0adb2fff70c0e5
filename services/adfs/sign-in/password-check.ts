import type { CallOrigin, LogonResult } from '../directory/directory-client.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { isSignInName } from '../directory/sign-in-name.ts'
import type { FarmPropertyStore } from '../farm/farm-properties.ts'
import { type GuardParts, guardedLogon, type Refusal } from '../lockout/guard-attempt.ts'
import { bannedAddress, requestAddresses } from '../lockout/request-addresses.ts'
import { factsFor, type RequestFacts } from '../proxy/request-facts.ts'

export interface PasswordAttempt {
  /** `CONTOSO\alice` or `alice@contoso.com`. */
  readonly userName: string
  readonly password: string
  readonly facts: RequestFacts
  readonly origin: CallOrigin
}

export type PasswordResult =
  | { readonly outcome: 'accepted'; readonly user: DirectoryUser }
  | {
      readonly outcome: 'refused'
      /** `STATUS_…` of the directory, or what AD FS itself decided. */
      readonly status: string
      readonly reason: string
      readonly userPrincipalName?: string | undefined
      /** Of the AD FS audit. */
      readonly event: number
    }

/** User name and password, whatever the protocol: forms, WS-Trust, the password grant. */
export interface PasswordCheck {
  check(attempt: PasswordAttempt): Promise<PasswordResult>
}

/** The status of a name that is neither `DOMAIN\user` nor `user@domain`; the directory is not asked. */
export const unknownNameForm = 'UNKNOWN_NAME_FORM'
/** The status of an attempt from a banned address. */
export const bannedStatus = 'ADDRESS_BANNED'

/** AD FS audit event: fresh credential validation failed. */
const validationFailed = 1203

/** Checks a password as the farm's settings say: banned addresses, then extranet lockout, then the directory. */
export function passwordCheck(parts: GuardParts & { readonly properties: FarmPropertyStore }): PasswordCheck {
  return {
    async check(made) {
      const attempt = { ...made, facts: factsFor(made.userName, made.facts) }
      const { userName, password, facts, origin } = attempt
      if (!isSignInName(userName)) return refused(unknownNameForm, 'the user name has no known form')
      if (facts.insideCorporateNetwork)
        return readable(userName, await parts.directory.logon(userName, password, origin))
      const { bannedAddresses, extranetLockout } = await parts.properties.read()
      const banned = bannedAddress(requestAddresses(facts), bannedAddresses)
      if (banned !== undefined) return refused(bannedStatus, `${banned} is banned (BannedIpList)`)
      const result = extranetLockout.enabled
        ? await guardedLogon(attempt, extranetLockout, parts)
        : await parts.directory.logon(userName, password, origin)
      return readable(userName, result)
    },
  }
}

function readable(userName: string, result: LogonResult | Refusal): PasswordResult {
  if (result.outcome === 'accepted') return result
  if ('event' in result) return result
  const { status, userPrincipalName } = result
  return { ...refused(status, `the directory refused "${userName}": ${status}`), userPrincipalName }
}

function refused(status: string, reason: string) {
  return { outcome: 'refused', status, reason, event: validationFailed } as const
}
