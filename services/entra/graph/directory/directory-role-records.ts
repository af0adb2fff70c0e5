import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import { derivedGuid } from '#shared/scenario/identifiers.ts'

/** [Graph] directoryRole: every built-in role of the tenant counts as activated. */
export function directoryRoleRecords(tenantId: string) {
  return Object.entries(directoryRoleTemplates).map(([displayName, roleTemplateId]) => ({
    id: derivedGuid(`directoryRole:${tenantId}`, roleTemplateId),
    deletedDateTime: null,
    description: `Members have the permissions of the role ${displayName}.`,
    displayName,
    roleTemplateId,
  }))
}
