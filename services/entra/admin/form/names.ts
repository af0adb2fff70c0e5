import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import { applicationKeywords } from '#shared/scenario/first-party-applications.ts'
import type { GraphServices } from '../../graph/graph-services.ts'
import { tenantNames } from '../../sign-in-log/names.ts'
import type { Field } from './fields.ts'

type Services = Pick<GraphServices, 'people' | 'groups' | 'config' | 'conditionalAccess'>
type NameKind = NonNullable<Field['names']>

/** Ids by the names that people know them by, and back; what is neither stays as it is, for Graph to refuse. */
export interface FormNames {
  idOf(kind: NameKind, name: string): Promise<string>
  nameOf(kind: NameKind, id: string): Promise<string>
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const keywords = ['All', 'None', 'GuestsOrExternalUsers', ...applicationKeywords]

export function formNames(services: Services): FormNames {
  const nameOf = tenantNames({ ...services, applications: services.config.applications })
  return {
    async idOf(kind, name) {
      if (guid.test(name)) return name.toLowerCase()
      const keyword = keywords.find((each) => same(each, name))
      return keyword ?? (await finders[kind](services, name)) ?? name
    },
    nameOf: async (_kind, id) => (guid.test(id) ? ((await nameOf(id.toLowerCase())) ?? id) : id),
  }
}

const finders: Readonly<Record<NameKind, (services: Services, name: string) => Promise<string | undefined>>> = {
  users: async ({ people }, name) => (await people.byUserPrincipalName(name))?.objectId,
  groups: async ({ groups }, name) =>
    (await groups.list()).find(({ displayName }) => same(displayName, name))?.objectId,
  roles: async (_services, name) =>
    Object.entries(directoryRoleTemplates).find(([displayName]) => same(displayName, name))?.[1],
  applications: async ({ config }, name) =>
    config.applications.all.find(({ displayName }) => same(displayName, name))?.appId,
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
