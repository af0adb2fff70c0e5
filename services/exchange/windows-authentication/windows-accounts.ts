import type { DeploymentContext } from '#shared/stack/deployment.ts'
import {
  type CallOrigin,
  type NetworkCredentials,
  type NetworkLogonResult,
  networkLogonBody,
  type WindowsAccount,
  type WindowsAccounts,
} from '#shared/windows-authentication/windows-accounts.ts'
import { type DirectoryUser, findDirectoryUser } from '../claims-sign-in/directory-user.ts'
import { ExchangeError } from '../errors.ts'

export type DirectoryAccount = DirectoryUser & WindowsAccount

interface LogonAnswer {
  readonly status?: string
  readonly user?: DirectoryAccount
  readonly sessionBaseKey?: string
}

/** The domain controller, to which Exchange hands what NTLM clients answer, and which knows whom tickets are about. */
export function windowsAccounts(context: DeploymentContext, host: string): WindowsAccounts<DirectoryAccount> {
  return {
    networkLogon: (credentials, origin) => networkLogon(context, host, credentials, origin),
    find: async (by, value, { parent: requestId, correlationId }) => {
      const name = by === 'sid' ? { sid: value } : { samAccountName: value }
      return (await findDirectoryUser(context, { host, by: name, requestId, correlationId })) as
        | DirectoryAccount
        | undefined
    },
  }
}

async function networkLogon(
  { http }: DeploymentContext,
  host: string,
  credentials: NetworkCredentials,
  origin: CallOrigin,
): Promise<NetworkLogonResult<DirectoryAccount>> {
  try {
    const options = { method: 'POST', json: networkLogonBody(credentials), authenticate: true, ...origin } as const
    const answer = await http.send(`https://${host}/logon/network`, options)
    const { status = 'no status', user, sessionBaseKey } = (await answer.json()) as LogonAnswer
    if (answer.status === 200 && user && sessionBaseKey !== undefined)
      return { outcome: 'accepted', user, sessionBaseKey: Buffer.from(sessionBaseKey, 'base64') }
    if (answer.status !== 401) throw new Error(`answered ${answer.status}`)
    return { outcome: 'refused', status, userPrincipalName: user?.userPrincipalName }
  } catch (error) {
    throw new ExchangeError('directoryUnreachable', `${host}: ${(error as Error).message}`, { cause: error })
  }
}
