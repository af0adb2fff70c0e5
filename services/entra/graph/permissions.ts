import { directoryRoleTemplates } from '#shared/scenario/directory-roles.ts'
import type { GraphCaller } from './graph-caller.ts'
import { GraphError } from './graph-error.ts'

/** "Permissions" of an operation's reference page. */
export interface Needs {
  /** One of these as a delegated permission. */
  readonly scopes: readonly string[]
  /** One of these as an application permission; the same as `scopes` unless said otherwise. */
  readonly appRoles?: readonly string[] | undefined
  /** One of these delegated permissions is enough for people's own data. */
  readonly ownScopes?: readonly string[] | undefined
  /** Directory roles, one of which somebody needs besides; undefined where every member may. */
  readonly directoryRoles?: readonly string[] | undefined
}

/** @throws GraphError. `isOwn`: the request is about the person who makes it. */
export function requirePermission(needs: Needs, caller: GraphCaller, isOwn: boolean): void {
  if (caller.kind === 'app') {
    const wanted = needs.appRoles ?? needs.scopes
    if (wanted.some((role) => caller.roles.has(role))) return
    throw denied(`roles are [${[...caller.roles].join(', ')}], one of ${wanted.join(', ')} is needed`)
  }
  if (isOwn && needs.ownScopes?.some((scope) => caller.scopes.has(scope))) return
  if (!needs.scopes.some((scope) => caller.scopes.has(scope))) {
    const wanted = isOwn ? [...(needs.ownScopes ?? []), ...needs.scopes] : needs.scopes
    throw denied(`scp is "${[...caller.scopes].join(' ')}", one of ${wanted.join(', ')} is needed`)
  }
  requireDirectoryRole(needs.directoryRoles, caller.person.directoryRoles, caller.person.userPrincipalName)
}

export function mayDo(needs: Needs, caller: GraphCaller): boolean {
  try {
    requirePermission(needs, caller, false)
    return true
  } catch (error) {
    if (error instanceof GraphError) return false
    throw error
  }
}

function requireDirectoryRole(wanted: readonly string[] | undefined, held: readonly string[], name: string): void {
  if (!wanted || wanted.some((role) => held.includes(directoryRoleTemplates[role] ?? role))) return
  throw denied(`${name} has none of the directory roles ${wanted.join(', ')}`)
}

function denied(reason: string): GraphError {
  return new GraphError('notPermitted', { reason })
}

const everything = ['Directory.ReadWrite.All']
const reading = ['Directory.Read.All', ...everything]

/** Microsoft Graph permissions by what they open. */
export const scopes = {
  readUsers: ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', ...reading],
  readSelf: ['User.Read', 'User.ReadWrite'],
  changePassword: ['Directory.AccessAsUser.All'],
  writeUsers: ['User.ReadWrite.All', ...everything],
  enableUsers: [
    'User.EnableDisableAccount.All',
    'User-PasswordProfile.ReadWrite.All',
    'User.ReadWrite.All',
    ...everything,
  ],
  revokeOwnSessions: ['User.RevokeSessions.All', 'User.ReadWrite'],
  revokeSessions: ['User.RevokeSessions.All', 'User.ReadWrite.All', ...everything],
  readGroups: [
    'GroupMember.Read.All',
    'Group.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.ReadWrite.All',
    ...reading,
  ],
  writeGroups: ['Group.ReadWrite.All', ...everything],
  writeMembers: ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', ...everything],
  readDevices: ['Device.Read.All', 'Device.ReadWrite.All', ...reading],
  writeDevices: ['Device.ReadWrite.All', ...everything],
  readApplications: ['Application.Read.All', 'Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy', ...reading],
  writeApplications: ['Application.ReadWrite.All', ...everything],
  assignAppRoles: ['AppRoleAssignment.ReadWrite.All'],
  readAttributes: ['CustomSecAttributeDefinition.Read.All', 'CustomSecAttributeDefinition.ReadWrite.All'],
  writeAttributes: ['CustomSecAttributeDefinition.ReadWrite.All'],
  readAssignedAttributes: ['CustomSecAttributeAssignment.Read.All', 'CustomSecAttributeAssignment.ReadWrite.All'],
  assignAttributes: ['CustomSecAttributeAssignment.ReadWrite.All'],
  readGrants: ['DelegatedPermissionGrant.Read.All', 'DelegatedPermissionGrant.ReadWrite.All', ...reading],
  writeGrants: ['DelegatedPermissionGrant.ReadWrite.All', ...everything],
  readPolicies: ['Policy.Read.ConditionalAccess', 'Policy.Read.All'],
  writePolicies: ['Policy.ReadWrite.ConditionalAccess'],
  readStrengths: [
    'Policy.Read.All',
    'Policy.Read.AuthenticationMethod',
    'Policy.ReadWrite.AuthenticationMethod',
    'Policy.ReadWrite.ConditionalAccess',
  ],
  writeStrengths: ['Policy.ReadWrite.AuthenticationMethod', 'Policy.ReadWrite.ConditionalAccess'],
  readLogs: ['AuditLog.Read.All'],
  readMethods: ['UserAuthenticationMethod.Read.All', 'UserAuthenticationMethod.ReadWrite.All'],
  readOwnMethods: ['UserAuthenticationMethod.Read', 'UserAuthenticationMethod.ReadWrite'],
  writeAccessPasses: ['UserAuthMethod-TAP.ReadWrite.All', 'UserAuthenticationMethod.ReadWrite.All'],
  readRiskyUsers: ['IdentityRiskyUser.Read.All', 'IdentityRiskyUser.ReadWrite.All'],
  writeRiskyUsers: ['IdentityRiskyUser.ReadWrite.All'],
  readManagedDevices: ['DeviceManagementManagedDevices.Read.All', 'DeviceManagementManagedDevices.ReadWrite.All'],
  writeManagedDevices: ['DeviceManagementManagedDevices.ReadWrite.All'],
  writeDomains: ['Domain.ReadWrite.All', ...everything],
  readDomains: ['Domain.Read.All', 'Domain.ReadWrite.All', ...reading],
  readOrganization: ['Organization.Read.All', ...reading],
  readRoles: ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory', ...reading],
} as const

/** Who of the people may, beside the permission that the client has ("Microsoft Entra built-in roles"). */
export const directoryRoles = {
  writeUsers: ['Global Administrator', 'User Administrator'],
  helpUsers: [
    'Global Administrator',
    'User Administrator',
    'Helpdesk Administrator',
    'Privileged Authentication Administrator',
    'Authentication Administrator',
  ],
  writeGroups: ['Global Administrator', 'Groups Administrator', 'User Administrator'],
  writeDevices: ['Global Administrator'],
  writeDomains: ['Global Administrator'],
  writeApplications: ['Global Administrator', 'Application Administrator', 'Cloud Application Administrator'],
  defineAttributes: ['Attribute Definition Administrator'],
  assignAttributes: ['Attribute Assignment Administrator'],
  assignAppRoles: [
    'Global Administrator',
    'Privileged Role Administrator',
    'Application Administrator',
    'Cloud Application Administrator',
  ],
  readPolicies: [
    'Global Administrator',
    'Global Reader',
    'Conditional Access Administrator',
    'Security Administrator',
    'Security Reader',
  ],
  writePolicies: ['Global Administrator', 'Conditional Access Administrator', 'Security Administrator'],
  readLogs: ['Global Administrator', 'Global Reader', 'Reports Reader', 'Security Administrator', 'Security Reader'],
  readMethods: [
    'Global Administrator',
    'Global Reader',
    'Authentication Administrator',
    'Privileged Authentication Administrator',
  ],
  writeMethods: ['Global Administrator', 'Authentication Administrator', 'Privileged Authentication Administrator'],
  readRiskyUsers: ['Global Administrator', 'Global Reader', 'Security Administrator', 'Security Reader'],
  writeRiskyUsers: ['Global Administrator', 'Security Administrator'],
  readManagedDevices: ['Global Administrator', 'Global Reader', 'Security Reader'],
  writeManagedDevices: ['Global Administrator'],
} as const
