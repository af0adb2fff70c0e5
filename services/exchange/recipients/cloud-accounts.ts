import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { CmdletError } from '../administration/cmdlet-error.ts'

export interface NewCloudAccount {
  readonly userPrincipalName: string
  readonly password: string
  readonly displayName: string
  readonly givenName?: string | undefined
  readonly surname?: string | undefined
  readonly mustChangePassword: boolean
  /** False for the accounts of shared mailboxes and rooms, which nobody signs in with. */
  readonly accountEnabled?: boolean
}

/** The accounts of the tenant, as far as Exchange Online makes and removes them. */
export interface CloudAccounts {
  /** @returns the object id. @throws CmdletError for a taken name, a foreign domain and a refused password. */
  create(account: NewCloudAccount): Promise<string>
  remove(objectId: string): Promise<void>
}

const texts: Readonly<Record<string, readonly [key: 'objectExists' | 'badValue' | 'notAcceptedDomain', text: string]>> =
  {
    nameTaken: ['objectExists', 'The user name is already used. Please choose another one.'],
    foreignDomain: [
      'notAcceptedDomain',
      "You can't use the domain because it's not an accepted domain for your organization, or its accounts are made in the directory on premises.",
    ],
    weakPassword: [
      'badValue',
      'The password does not comply with the password complexity requirements. Please provide a different password.',
    ],
  }

export function cloudAccounts({ http }: Pick<DeploymentContext, 'http'>, tenantId: string): CloudAccounts {
  const base = `https://adminwebservice.microsoftonline.com/recipients/${tenantId}/users`
  return {
    async create(account) {
      const answer = await http.send(base, { method: 'POST', json: account, authenticate: true })
      const body = (await answer.json()) as { objectId?: string; error?: string }
      if (answer.status === 201 && body.objectId !== undefined) return body.objectId
      const [key, text] = texts[body.error ?? ''] ?? ['badValue', 'Microsoft Entra ID refused the account.']
      throw new CmdletError(key, text, { reason: `Entra ID answered ${answer.status} ${body.error}` })
    },
    async remove(objectId) {
      const answer = await http.send(`${base}/${objectId}`, { method: 'DELETE', authenticate: true })
      await answer.text()
      if (answer.status === 204 || answer.status === 404) return
      throw new CmdletError('invalidArgument', 'Microsoft Entra ID did not remove the account.', {
        reason: `Entra ID answered ${answer.status} about ${objectId}`,
      })
    },
  }
}
