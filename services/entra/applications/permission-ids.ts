import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { Application as ScenarioApplication } from '#shared/scenario/world.ts'
import type { Application } from './application.ts'
import { type AppRole, applicationRole, type PermissionScope, permissionScope } from './application-objects.ts'
import { exchangeOnlineId, graphId } from './first-party.ts'
import { graphAppRoles, graphScopes } from './graph-permissions.ts'

/** Finds the resource of `https://graph.microsoft.com/User.Read`, and the permission's own name. */
export type ResourceFinder = (permission: string) => { readonly appId: string; readonly name: string }

export function resourceFinder(
  catalogue: readonly Application[],
  applications: readonly ScenarioApplication[],
): ResourceFinder {
  const identifiers = new Map<string, string>()
  const add = (appId: string, uris: readonly string[]) => {
    for (const uri of [appId, `api://${appId}`, ...uris]) identifiers.set(uri.toLowerCase().replace(/\/$/, ''), appId)
  }
  for (const { appId, identifierUris } of [...applications, ...catalogue]) add(appId, identifierUris)
  return (permission) => {
    const slash = permission.lastIndexOf('/')
    const name = permission.slice(slash + 1)
    if (slash < 0) return { appId: graphId, name }
    const identifier = permission.slice(0, slash).toLowerCase().replace(/\/$/, '')
    return { appId: identifiers.get(identifier) ?? identifier, name }
  }
}

/** App roles with ids of their own, of Microsoft's APIs. */
export function knownRoles(appId: string): readonly AppRole[] {
  if (appId === graphId) return graphAppRoles
  return appId === exchangeOnlineId ? exchangeRoles() : []
}

function exchangeRoles(): readonly AppRole[] {
  const webServices = 'Use Exchange Web Services with full access to all mailboxes'
  return [
    applicationRole('dc890d15-9560-4a4c-9b7f-a736ec74ec40', 'full_access_as_app', webServices),
    applicationRole('dc50a0fb-09a3-484d-be87-e023b12c6440', 'Exchange.ManageAsApp', 'Manage Exchange As Application'),
  ]
}

export function knownScopes(appId: string): readonly PermissionScope[] {
  return appId === graphId ? graphScopes : []
}

export function scopeOf(appId: string, name: string, type: 'User' | 'Admin', displayName?: string): PermissionScope {
  return permissionScope(scopeIdOf(appId, name), name, { type, name: displayName })
}

/** Derived from the name where the real id is not known. */
export function scopeIdOf(appId: string, name: string): string {
  return knownScopes(appId).find(({ value }) => value === name)?.id ?? derivedGuid(`scope:${appId}`, name)
}

export function roleIdOf(appId: string, name: string): string {
  return knownRoles(appId).find(({ value }) => value === name)?.id ?? derivedGuid(`appRole:${appId}`, name)
}
