import type { Settings } from '../organization/organization-store.ts'
import type { DirectoryAttributes } from './directory-accounts.ts'

const numbers = Array.from({ length: 15 }, (_, index) => index + 1)

/** `CustomAttribute1` to `CustomAttribute15` ("Custom attributes in Exchange Server"), as settings are named. */
export const customAttributeNames: readonly string[] = numbers.map((number) => `CustomAttribute${number}`)

/** As the cmdlets show them: empty where there is none. */
export function customAttributesOf(settings: Settings): Readonly<Record<string, string>> {
  return Object.fromEntries(customAttributeNames.map((name) => [name, String(settings[name] ?? '')]))
}

/** `extensionAttribute1` to `extensionAttribute15` of the directory; `null` for those that are empty. */
export function extensionAttributes(settings: Settings): DirectoryAttributes {
  const values = customAttributesOf(settings)
  return Object.fromEntries(
    numbers.map((number) => {
      const value = values[`CustomAttribute${number}`] ?? ''
      return [`extensionAttribute${number}`, value === '' ? null : [value]]
    }),
  )
}

/** What the directory's attributes say of them. */
export function customAttributeSettings(attributes: Readonly<Record<string, readonly string[]>>): Settings {
  return Object.fromEntries(
    numbers.map((number) => [`CustomAttribute${number}`, attributes[`extensionAttribute${number}`]?.[0] ?? null]),
  )
}
