import type { CallOrigin, DirectoryClient } from '../directory/directory-client.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { isSignInName } from '../directory/sign-in-name.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'

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
    }

/** User name and password, whatever the protocol: forms, WS-Trust, the password grant. */
export interface PasswordCheck {
  check(attempt: PasswordAttempt): Promise<PasswordResult>
}

/** The status of a name that is neither `DOMAIN\\user` nor `user@domain`; the directory is not asked. */
export const unknownNameForm = 'UNKNOWN_NAME_FORM'

export function passwordCheck({ directory }: { readonly directory: DirectoryClient }): PasswordCheck {
  return {
    async check({ userName, password, origin }) {
      if (!isSignInName(userName)) return refused(unknownNameForm, 'the user name has no known form')
      const result = await directory.logon(userName, password, origin)
      if (result.outcome === 'accepted') return result
      const { status, userPrincipalName } = result
      return refused(status, `the directory refused "${userName}": ${status}`, userPrincipalName)
    },
  }
}

function refused(status: string, reason: string, userPrincipalName?: string): PasswordResult {
  return { outcome: 'refused', status, reason, ...(userPrincipalName !== undefined && { userPrincipalName }) }
}
