import type { ExchangeObject } from '../administration/cmdlet.ts'
import type { PanelBlock, PanelField } from '../pages/panel-page.ts'

/** A page of the control panel for administrators: what it shows comes from cmdlets, as in the product. */
export interface PanelPage {
  readonly path: string
  readonly name: string
  /** The cmdlet without which there is nothing to see: whoever's role groups lack it has no such page. */
  readonly needs: string
  /** Where it stands in the menu; pages of one object stand nowhere. */
  readonly section?: string
  readonly onlyIn?: 'online' | 'onPremises'
  readonly build: (look: PanelLook) => Promise<readonly PanelBlock[]>
}

export interface PanelLook {
  /** Nothing comes of a cmdlet that the person's role groups lack. */
  readonly run: (cmdlet: string, parameters?: Readonly<Record<string, unknown>>) => Promise<readonly ExchangeObject[]>
  readonly may: (cmdlet: string) => boolean
  readonly query: Readonly<Record<string, string | undefined>>
  readonly location: 'online' | 'onPremises'
}

export const mailboxesPath = '/ecp/UsersGroups/Mailboxes.slab'
export const mailboxPath = '/ecp/UsersGroups/EditMailbox.aspx'
export const newMailboxPath = '/ecp/UsersGroups/NewMailbox.aspx'
export const mailUserPath = '/ecp/UsersGroups/EditMailUser.aspx'
export const groupsPath = '/ecp/UsersGroups/DistributionGroups.slab'
export const groupPath = '/ecp/UsersGroups/EditDistributionGroup.aspx'
export const newGroupPath = '/ecp/UsersGroups/NewDistributionGroup.aspx'
export const contactsPath = '/ecp/UsersGroups/MailContacts.slab'
export const contactPath = '/ecp/UsersGroups/EditMailContact.aspx'
export const movesPath = '/ecp/Migration/MigrationBatches.slab'
export const tracePath = '/ecp/MailFlow/MessageTrace.slab'
export const tracedPath = '/ecp/MailFlow/MessageTraceDetail.aspx'
export const administratorsPath = '/ecp/UsersGroups/AdminRoleGroups.slab'
export const quarantinePath = '/ecp/MobileDevices/Quarantine.slab'
export const rulesPath = '/ecp/MobileDevices/AccessRules.slab'
export const policiesPath = '/ecp/Organization/AuthenticationPolicies.slab'
export const policyPath = '/ecp/Organization/EditAuthenticationPolicy.aspx'
export const organizationPath = '/ecp/Organization/Configuration.slab'
export const directoriesPath = '/ecp/VDirMgmt/VirtualDirectories.slab'
export const commandLogPath = '/ecp/CommandLogging.aspx'
export const commandUrl = '/ecp/command.ecp'

export function pathTo(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(query)}`
}

/** A caption: how many rows there are. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

export function textOf(value: ExchangeObject[string]): string {
  if (typeof value === 'object' && value !== null) return value.join(', ')
  return value === undefined || value === null ? '' : String(value)
}

export function facts(object: ExchangeObject, names: readonly string[]) {
  return names.map((name) => ({ label: name, value: textOf(object[name]) })).filter(({ value }) => value !== '')
}

export function checks(object: ExchangeObject, names: readonly string[]): readonly PanelField[] {
  return names.map((name) => ({ kind: 'check', name, label: name, value: object[name] === true }))
}

export function choice(
  name: string,
  label: string,
  value: string,
  choices: readonly (readonly [string, string])[],
): PanelField {
  return { kind: 'choice', name, label, value, choices }
}

export function same(values: readonly string[]): readonly (readonly [string, string])[] {
  return values.map((value) => [value, value] as const)
}
