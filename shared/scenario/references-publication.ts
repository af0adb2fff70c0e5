import { type Entry, entriesOf, mentionOf, namesOf, sectionOf, textOf } from './outline.ts'
import type { Located } from './positions.ts'
import { duplicates } from './references-uniqueness.ts'
import { standardTrustNames } from './standard-publication.ts'

/** What the Web Application Proxy publishes, and the trusts it names for that. */
export function publicationReferences(world: unknown): readonly Located[] {
  const published = entriesOf(world, 'wap', 'publishedApplications')
  return [
    ...duplicates(
      'published application',
      published.flatMap((application) => mentionOf(application, 'name')),
    ),
    ...duplicates(
      'external URL',
      published.flatMap((application) => mentionOf(application, 'externalUrl')),
    ),
    ...published.flatMap((application) => [...preauthentication(application, world), ...samePath(application)]),
  ]
}

function preauthentication(application: Entry, world: unknown): readonly Located[] {
  const kind = textOf(application, 'externalPreauthentication') ?? 'PassThrough'
  const [named] = mentionOf(application, 'relyingPartyName')
  if (kind === 'PassThrough') {
    if (named === undefined) return []
    return [{ path: named.path, message: 'PassThrough has no pre-authentication, so it takes no relyingPartyName' }]
  }
  if (named === undefined) return [{ path: application.path, message: `${kind} needs a relyingPartyName` }]
  const trusts = entriesOf(world, 'adfs', 'relyingParties')
  const names = Array.isArray(sectionOf(world, ['adfs', 'relyingParties']))
    ? namesOf(trusts, 'name')
    : new Set(standardTrustNames)
  if (!names.has(named.value)) {
    return [{ path: named.path, message: `relying party "${named.value}" is not in adfs.relyingParties` }]
  }
  const trust = trusts.find((candidate) => textOf(candidate, 'name') === named.value)
  if (trust === undefined || trust.fields.publishedThroughProxy === true) return []
  return [{ path: named.path, message: `relying party "${named.value}" does not have publishedThroughProxy: true` }]
}

/** The proxy translates the host only (Add-WebApplicationProxyApplication, BackendServerURL). */
function samePath(application: Entry): readonly Located[] {
  const [external, backend] = ['externalUrl', 'backendServerUrl'].map((field) => pathOf(textOf(application, field)))
  if (external === undefined || backend === undefined || external === backend) return []
  const path = [...application.path, 'backendServerUrl']
  return [{ path, message: `the path must be that of the external URL: ${external}` }]
}

function pathOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : undefined
}
