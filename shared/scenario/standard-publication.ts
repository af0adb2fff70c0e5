import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { relyingPartySchema } from './schema-adfs.ts'
import { publishedApplicationSchema } from './schema-wap.ts'
import type { HostNames } from './world.ts'

/** A file that declares no trusts or no published applications gets those of the default world, for its own hosts. */
export const standardTrustNames: readonly string[] = [
  'Microsoft Office 365 Identity Platform',
  'Outlook on the web',
  'EAC',
  'Web Application Proxy',
]

const relyingPartiesSchema = z.array(relyingPartySchema)
const applicationsSchema = z.array(publishedApplicationSchema)
const defaultWorldSchema = z.object({
  adfs: z.object({ relyingParties: relyingPartiesSchema }),
  wap: z.object({ publishedApplications: applicationsSchema }),
})

export function standardTrusts(hosts: HostNames): z.output<typeof relyingPartiesSchema> {
  return defaultWorldFor(hosts).adfs.relyingParties.filter((trust) => standardTrustNames.includes(trust.name))
}

export function standardApplications(hosts: HostNames): z.output<typeof applicationsSchema> {
  return defaultWorldFor(hosts).wap.publishedApplications
}

function defaultWorldFor(hosts: HostNames): z.output<typeof defaultWorldSchema> {
  const text = readFileSync(new URL('contoso.yaml', import.meta.url), 'utf8')
    .replaceAll('mail.contoso.com', hosts.mail)
    .replaceAll('autodiscover.contoso.com', hosts.autodiscover)
    .replaceAll('adfs.contoso.com', hosts.adfs)
  return defaultWorldSchema.parse(parse(text))
}
