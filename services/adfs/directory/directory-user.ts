import { z } from 'zod'

const optionalText = z.string().nullish()

/** An account as the domain controller describes it; what AD FS does not read is ignored. */
export const directoryUserSchema = z.object({
  objectGuid: z.string(),
  sid: z.string(),
  samAccountName: z.string(),
  netbiosName: z.string(),
  userPrincipalName: z.string(),
  displayName: z.string(),
  mail: optionalText,
  enabled: z.boolean(),
  groups: z.array(z.object({ name: z.string(), samAccountName: z.string(), sid: z.string() })),
  attributes: z.record(z.string(), z.array(z.string())),
})

export type DirectoryUser = Readonly<z.output<typeof directoryUserSchema>>

/** `CONTOSO\\alice`; the bare name of somebody who has no domain here. */
export function windowsAccountName({
  netbiosName,
  samAccountName,
}: Pick<DirectoryUser, 'netbiosName' | 'samAccountName'>): string {
  return netbiosName === '' ? samAccountName : `${netbiosName}\\${samAccountName}`
}

/** LDAP attribute names differ in case only as their writers please. */
export function attributeValues(user: DirectoryUser, name: string): readonly string[] {
  const asWritten = Object.hasOwn(user.attributes, name) ? user.attributes[name] : undefined
  if (asWritten) return asWritten
  const wanted = name.toLowerCase()
  return Object.entries(user.attributes).find(([each]) => each.toLowerCase() === wanted)?.[1] ?? []
}
