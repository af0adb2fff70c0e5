import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { CmdletError } from '../administration/cmdlet-error.ts'
import {
  type DirectoryContacts,
  type DirectoryGroups,
  directoryContacts,
  directoryGroups,
} from './directory-objects.ts'

/** What Exchange reads of an account of Active Directory. */
export interface DirectoryAccount {
  readonly objectGuid: string
  readonly immutableId: string
  readonly sid: string
  readonly samAccountName: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly givenName?: string
  readonly surname?: string
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

export interface NewDirectoryAccount {
  readonly userPrincipalName: string
  readonly password: string
  readonly displayName: string
  readonly givenName?: string | undefined
  readonly surname?: string | undefined
  readonly samAccountName?: string | undefined
  readonly mustChangePassword: boolean
  /** False for the accounts of shared mailboxes and rooms, which nobody signs in with. */
  readonly enabled?: boolean
}

/** `null` takes an attribute away. */
export type DirectoryAttributes = Readonly<Record<string, readonly string[] | null>>

export interface DirectoryChange {
  readonly displayName?: string
  readonly attributes: DirectoryAttributes
}

/** The accounts of the organization's own directory, as far as Exchange makes and changes them. */
export interface DirectoryAccounts {
  /** By user principal name, logon name or objectGUID. */
  find(identity: string): Promise<DirectoryAccount | undefined>
  /** @throws CmdletError for a name that is taken and a password that the domain refuses. */
  create(account: NewDirectoryAccount): Promise<DirectoryAccount>
  change(objectGuid: string, change: DirectoryChange): Promise<void>
  remove(objectGuid: string): Promise<void>
  readonly groups: DirectoryGroups
  readonly contacts: DirectoryContacts
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function directoryAccounts(context: Pick<DeploymentContext, 'http'>, host: string): DirectoryAccounts {
  const ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, json?: unknown) =>
    send(context, host, { method, path, json })
  const found = async (query: string) => {
    const { status, body } = await ask('GET', `/users?${query}`)
    return status === 200 ? (body as { user: DirectoryAccount }).user : undefined
  }
  return {
    groups: directoryGroups(ask),
    contacts: directoryContacts(ask),
    async find(identity) {
      const value = encodeURIComponent(identity)
      if (guid.test(identity)) return found(`objectGuid=${value}`)
      if (identity.includes('@')) return found(`userPrincipalName=${value}`)
      return found(`samAccountName=${encodeURIComponent(identity.split('\\').at(-1) ?? '')}`)
    },
    async create(account) {
      const { status, body } = await ask('POST', '/users', account)
      if (status === 201) return (body as { user: DirectoryAccount }).user
      throw refusalOf(account.userPrincipalName, status, body as Refusal)
    },
    async change(objectGuid, change) {
      const { status, body } = await ask('PATCH', `/users/${objectGuid}`, change)
      if (status !== 200) throw refusalOf(objectGuid, status, body as Refusal)
    },
    async remove(objectGuid) {
      const { status, body } = await ask('DELETE', `/users/${objectGuid}`)
      if (status !== 204 && status !== 404) throw refusalOf(objectGuid, status, body as Refusal)
    },
  }
}

interface Refusal {
  readonly error?: string
  readonly code?: string
}

interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly json: unknown
}

async function send({ http }: Pick<DeploymentContext, 'http'>, host: string, { method, path, json }: Question) {
  try {
    const answer = await http.send(`https://${host}${path}`, { method, json, authenticate: true })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as unknown) }
  } catch (error) {
    throw new CmdletError(
      'directoryUnavailable',
      `Active Directory server ${host} is not available. Please retry at a later time.`,
      { reason: `${host}: ${(error as Error).message}`, cause: error },
    )
  }
}

function refusalOf(name: string, status: number, { error = '', code = '' }: Refusal): CmdletError {
  if (code === 'nameTaken')
    return new CmdletError('objectExists', `The value "${name}" of property "UserPrincipalName" is used already.`)
  if (code === 'weakPassword')
    return new CmdletError(
      'badValue',
      'The password does not meet the password policy requirements. Check the minimum password length, password complexity and password history requirements.',
    )
  return new CmdletError('invalidArgument', `Active Directory operation failed: ${error}`, {
    reason: `the directory answered ${status} about ${name}: ${code}`,
  })
}
