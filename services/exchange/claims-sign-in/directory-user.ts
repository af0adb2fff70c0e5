import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { ExchangeError } from '../errors.ts'

export interface DirectoryUser {
  readonly objectGuid: string
  readonly userPrincipalName: string
  readonly enabled: boolean
}

export interface DirectoryQuery {
  readonly host: string
  /** One of the names by which the directory finds accounts. */
  readonly by: { readonly sid: string } | { readonly samAccountName: string }
  readonly requestId: string
  readonly correlationId: string
}

/** The account of this name, as the domain controller knows it now. */
export async function findDirectoryUser(
  { http }: DeploymentContext,
  { host, by, requestId, correlationId }: DirectoryQuery,
): Promise<DirectoryUser | undefined> {
  try {
    const answer = await http.send(`https://${host}/users?${new URLSearchParams({ ...by })}`, {
      authenticate: true,
      parent: requestId,
      correlationId,
    })
    const body = await answer.json()
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
    return (body as { user: DirectoryUser }).user
  } catch (error) {
    throw new ExchangeError('directoryUnreachable', `${host}: ${(error as Error).message}`, { cause: error })
  }
}
