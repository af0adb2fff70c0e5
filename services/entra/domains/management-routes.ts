import type { FastifyInstance } from 'fastify'
import { convertDomain, type DomainParts } from './convert-domain.ts'
import type { TenantDomain } from './domain-store.ts'

/** Rows of the management port: the identity models of the domains, for the lab and for tests. */
export function addDomainRoutes(app: FastifyInstance, parts: DomainParts): void {
  app.get('/domains', async () => ({ domains: parts.domains.all().map(view) }))
  app.patch('/domains/:name', async (request) => {
    const { name } = request.params as { name: string }
    return view(await convertDomain(parts, name, request.body))
  })
}

function view({ name, authentication, isInitial, federation }: TenantDomain) {
  return { name, authentication, isInitial, federation: federation ?? null }
}
