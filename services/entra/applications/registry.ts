import type { Application } from './application.ts'

/** The applications and service principals of the tenant, by id and by identifier URI. */
export interface ApplicationRegistry {
  byId(appId: string): Application | undefined
  /** A resource by its id or by one of its identifier URIs; one slash at the end makes no difference. */
  resource(identifier: string): Application | undefined
  readonly all: readonly Application[]
}

export function applicationRegistry(applications: readonly Application[]): ApplicationRegistry {
  const byId = new Map(applications.map((application) => [application.appId, application]))
  const byIdentifier = new Map(
    applications.flatMap((application) =>
      application.identifierUris.map((uri) => [normalised(uri), application] as const),
    ),
  )
  return {
    all: applications,
    byId: (appId) => byId.get(appId.toLowerCase()),
    resource: (identifier) => byIdentifier.get(normalised(identifier)) ?? byId.get(identifier.toLowerCase()),
  }
}

function normalised(uri: string): string {
  return uri.toLowerCase().replace(/\/$/, '')
}
