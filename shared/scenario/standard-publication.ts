import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { relyingPartySchema } from './schema-adfs.ts'
import { publishedApplicationSchema } from './schema-wap.ts'
import type { Organization } from './world.ts'

/** A file that declares no trusts or no published applications gets those of the default world, for its own names. */
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

export function standardTrusts(organization: Organization): z.output<typeof relyingPartiesSchema> {
  return defaultWorldFor(organization).adfs.relyingParties.filter((trust) => standardTrustNames.includes(trust.name))
}

export function standardApplications(organization: Organization): z.output<typeof applicationsSchema> {
  return defaultWorldFor(organization).wap.publishedApplications
}

function defaultWorldFor({ hosts, primaryDomain }: Organization): z.output<typeof defaultWorldSchema> {
  const text = readFileSync(new URL('contoso.yaml', import.meta.url), 'utf8')
    .replaceAll('mail.contoso.com', hosts.mail)
    .replaceAll('autodiscover.contoso.com', hosts.autodiscover)
    .replaceAll('adfs.contoso.com', hosts.adfs)
    .replaceAll('contoso.com', primaryDomain)
  return defaultWorldSchema.parse(parse(text))
}
