import { ActiveSyncFailure, type ActiveSyncSession } from '#shared/activesync/active-sync-session.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { MobileAccount } from './account-store.ts'
import { RemoteRefusal } from './remote-refusal.ts'
import { reached } from './token-pair.ts'

/** How long a server on-premises may take to answer. */
const patienceMs = 30_000

/** The cloud as `OutlookService`, which is how servers on-premises know it. */
export function remoteSession(context: DeploymentContext, account: MobileAccount): ActiveSyncSession {
  return {
    send: async ({ query, headers, body }) => {
      const authorization = `Bearer ${account.access_token}`
      const options = { method: 'POST', headers: { ...headers, authorization }, body, timeoutMs: patienceMs } as const
      return reached(async () => {
        const { status, body: answer } = await context.http.send(`${account.eas_url}?${query}`, options)
        return { status, body: Buffer.from(await answer.arrayBuffer()) }
      })
    },
    deviceId: account.id.replaceAll('-', '').slice(0, 32),
    deviceType: 'OutlookService',
    model: 'Outlook for iOS and Android',
    userAgent: 'OutlookService/1.0',
    userPrincipalName: account.user_principal_name,
    policyKey: account.policy_key,
  }
}

/** What the server on-premises did, in the words of the cache; other errors stay what they are. */
export function asRemoteRefusal(error: unknown): unknown {
  if (!(error instanceof ActiveSyncFailure)) return error
  const { status } = error
  if (status === undefined) return new RemoteRefusal('protocol', error.message)
  return new RemoteRefusal('remoteStatus', error.message, { remoteStatus: status })
}
