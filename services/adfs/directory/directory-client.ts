import { z } from 'zod'
import type { HttpClient, IncomingResponse } from '#shared/http/client.ts'
import { type DirectoryUser, directoryUserSchema } from './directory-user.ts'

/** On whose behalf AD FS calls a peer. */
export interface CallOrigin {
  readonly parent: string
  readonly correlationId: string
}

export type LogonResult =
  | { readonly outcome: 'accepted'; readonly user: DirectoryUser }
  | { readonly outcome: 'refused'; readonly status: string; readonly userPrincipalName?: string | undefined }

/** What stands in for LDAP and Netlogon. */
export interface DirectoryClient {
  logon(identity: string, password: string, origin: CallOrigin): Promise<LogonResult>
  find(by: 'sid' | 'account', value: string, origin: CallOrigin): Promise<DirectoryUser | undefined>
}

const foundSchema = z.object({ user: directoryUserSchema })
const refusedSchema = z.object({
  status: z.string(),
  user: z.object({ userPrincipalName: z.string() }).optional(),
})

export function directoryClient(http: HttpClient, url: string): DirectoryClient {
  return {
    async logon(identity, password, origin) {
      const response = await http.send(`${url}/logon`, {
        method: 'POST',
        json: { identity, password },
        authenticate: true,
        ...origin,
      })
      if (response.status === 200) return { outcome: 'accepted', user: foundSchema.parse(await response.json()).user }
      if (response.status !== 401) throw await unexpected(response, 'logon')
      const { status, user } = refusedSchema.parse(await response.json())
      return { outcome: 'refused', status, userPrincipalName: user?.userPrincipalName }
    },
    async find(by, value, origin) {
      const query = new URLSearchParams(by === 'sid' ? { sid: value } : accountQuery(value))
      const response = await http.send(`${url}/users?${query}`, { authenticate: true, ...origin })
      if (response.status === 200) return foundSchema.parse(await response.json()).user
      if (response.status === 404) return void (await response.text())
      throw await unexpected(response, 'search')
    },
  }
}

function accountQuery(account: string): Record<string, string> {
  if (account.includes('@')) return { userPrincipalName: account }
  return { samAccountName: account.slice(account.indexOf('\\') + 1) }
}

async function unexpected(response: IncomingResponse, what: string): Promise<Error> {
  return new Error(`the directory answered ${response.status} to a ${what}: ${(await response.text()).slice(0, 200)}`)
}
