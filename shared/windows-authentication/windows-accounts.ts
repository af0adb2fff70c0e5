/** On whose behalf a member server calls the domain controller. */
export interface CallOrigin {
  readonly parent: string
  readonly correlationId: string
}

/** What every member server reads of an account. */
export interface WindowsAccount {
  readonly sid: string
  readonly userPrincipalName: string
  readonly enabled: boolean
}

/** What a client answered to an NTLM challenge, for the domain controller to judge. */
export interface NetworkCredentials {
  readonly userName: string
  readonly domain: string
  readonly serverChallenge: Buffer
  readonly ntResponse: Buffer
}

export interface RefusedLogon {
  readonly outcome: 'refused'
  /** Such as `STATUS_WRONG_PASSWORD`. */
  readonly status: string
  readonly userPrincipalName?: string | undefined
}

export type NetworkLogonResult<Account> =
  | { readonly outcome: 'accepted'; readonly user: Account; readonly sessionBaseKey: Buffer }
  | RefusedLogon

/** The domain controller, as far as Windows authentication needs it; each member server has a client of its own. */
export interface WindowsAccounts<Account> {
  networkLogon(credentials: NetworkCredentials, origin: CallOrigin): Promise<NetworkLogonResult<Account>>
  find(by: 'sid' | 'account', value: string, origin: CallOrigin): Promise<Account | undefined>
}

/** The body of `POST /logon/network`. */
export function networkLogonBody({ userName, domain, serverChallenge, ntResponse }: NetworkCredentials): object {
  return {
    userName,
    domain,
    serverChallenge: serverChallenge.toString('base64'),
    ntResponse: ntResponse.toString('base64'),
  }
}
