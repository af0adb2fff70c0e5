import type { ScenarioFile } from './schema.ts'
import { standardApplications } from './standard-publication.ts'
import type { Group, Organization, User, WapConfiguration } from './world.ts'

interface People {
  readonly users: readonly User[]
  readonly groups: readonly Group[]
}

/** Users by principal name and groups by name. */
export function resolveAdministrators(file: ScenarioFile, { users, groups }: People): readonly string[] {
  if (file.adfs.administrators) return file.adfs.administrators
  const byName = groups.filter((group) => /(administrators|admins)$/i.test(group.name) && group.members.length > 0)
  if (byName.length > 0) return byName.map((group) => group.name)
  return users
    .filter(isOfTheDomain)
    .slice(0, 1)
    .map((user) => user.userPrincipalName)
}

export function resolveWap(
  file: ScenarioFile,
  organization: Organization,
  people: People,
  administrators: readonly string[],
): WapConfiguration {
  const published = file.wap.publishedApplications ?? standardApplications(organization)
  return {
    ...file.wap,
    trustCredential: file.wap.trustCredential ?? credentialOf(people, administrators),
    publishedApplications: published.map((application) => ({
      ...application,
      backendServerUrl: application.backendServerUrl ?? application.externalUrl,
    })),
  }
}

function credentialOf({ users }: People, administrators: readonly string[]): WapConfiguration['trustCredential'] {
  const administrator = users
    .filter(isOfTheDomain)
    .find((user) => [user.userPrincipalName, ...user.groups].some((name) => administrators.includes(name)))
  if (administrator?.password === undefined) return undefined
  return { userName: administrator.userPrincipalName, password: administrator.password }
}

function isOfTheDomain(user: User): boolean {
  return user.sid !== undefined && user.enabled && user.password !== undefined
}
