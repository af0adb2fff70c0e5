import { CmdletError } from '../administration/cmdlet-error.ts'
import type { DirectoryAttributes } from './directory-accounts.ts'

/** A group of Active Directory, with mail attributes or without. */
export interface DirectoryGroup {
  readonly objectGuid: string
  readonly samAccountName: string
  readonly name: string
  /** objectGuids. */
  readonly members: readonly string[]
  readonly attributes: Readonly<Record<string, readonly string[]>>
}

export interface DirectoryObjectChange {
  readonly name?: string | undefined
  readonly attributes?: DirectoryAttributes
}

/** Groups of the organization's own directory, as far as Exchange makes and changes them. */
export interface DirectoryGroups {
  /** By name, logon name or objectGUID. */
  find(identity: string): Promise<DirectoryGroup | undefined>
  /** @throws CmdletError for a name that is taken. */
  create(group: { readonly name: string; readonly samAccountName: string }): Promise<DirectoryGroup>
  change(objectGuid: string, change: DirectoryObjectChange & { readonly members?: readonly string[] }): Promise<void>
  remove(objectGuid: string): Promise<void>
}

export interface DirectoryContacts {
  /** @returns its objectGUID. */
  create(contact: { readonly name: string; readonly givenName: string; readonly surname: string }): Promise<string>
  change(objectGuid: string, change: DirectoryObjectChange): Promise<void>
  remove(objectGuid: string): Promise<void>
}

export type AskDirectory = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  json?: unknown,
) => Promise<{ readonly status: number; readonly body: unknown }>

export function directoryGroups(ask: AskDirectory): DirectoryGroups {
  return {
    async find(identity) {
      const { status, body } = await ask('GET', `/groups?name=${encodeURIComponent(identity)}`)
      return status === 200 ? (body as { groups: DirectoryGroup[] }).groups[0] : undefined
    },
    async create(group) {
      const { status, body } = await ask('POST', '/groups', group)
      if (status === 201) return (body as { group: DirectoryGroup }).group
      throw refusalOf(group.name, status, body)
    },
    change: (objectGuid, change) => expect(ask('PATCH', `/groups/${objectGuid}`, change), objectGuid),
    remove: (objectGuid) => expect(ask('DELETE', `/groups/${objectGuid}`), objectGuid),
  }
}

export function directoryContacts(ask: AskDirectory): DirectoryContacts {
  return {
    async create(contact) {
      const { status, body } = await ask('POST', '/contacts', contact)
      if (status === 201) return (body as { objectGuid: string }).objectGuid
      throw refusalOf(contact.name, status, body)
    },
    change: (objectGuid, change) => expect(ask('PATCH', `/contacts/${objectGuid}`, change), objectGuid),
    remove: (objectGuid) => expect(ask('DELETE', `/contacts/${objectGuid}`), objectGuid),
  }
}

async function expect(answer: ReturnType<AskDirectory>, name: string): Promise<void> {
  const { status, body } = await answer
  if (status !== 200 && status !== 204 && status !== 404) throw refusalOf(name, status, body)
}

function refusalOf(name: string, status: number, body: unknown): CmdletError {
  const { code = '', error = '' } = body as { code?: string; error?: string }
  if (code === 'nameTaken') return new CmdletError('objectExists', `The name "${name}" is already being used.`)
  return new CmdletError('invalidArgument', `Active Directory operation failed: ${error}`, {
    reason: `the directory answered ${status} about ${name}: ${code}`,
  })
}
