import type { PublishedApplication } from '#shared/scenario/world.ts'

/** The published application whose external URL is the longest prefix of the request, on a segment boundary. */
export function matchApplication<Application extends Pick<PublishedApplication, 'externalUrl'>>(
  applications: readonly Application[],
  request: { readonly host: string; readonly path: string },
): Application | undefined {
  return applications
    .filter((application) => isUnder(new URL(application.externalUrl), request))
    .sort((a, b) => b.externalUrl.length - a.externalUrl.length)[0]
}

function isUnder(external: URL, { host, path }: { host: string; path: string }): boolean {
  if (external.hostname !== host.toLowerCase()) return false
  const prefix = external.pathname.toLowerCase()
  const asked = path.toLowerCase()
  // "https://mail.contoso.com/owa/" publishes "/owa" too: the back end adds the slash.
  return asked.startsWith(prefix) || asked === prefix.slice(0, -1)
}
