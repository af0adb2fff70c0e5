import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { openAuthority } from '#certs/authority.ts'
import { FaultTable } from '#shared/faults.ts'
import { CallerRegistry } from '#shared/http/callers.ts'
import { authenticateMachine, createMachineToken, IssuedLeaves } from '#shared/http/machine-identity.ts'
import { createApplication } from '#shared/http/server.ts'
import { Journal } from '#shared/journal.ts'
import { createLog } from '#shared/log.ts'
import { systemRandom } from '#shared/random.ts'
import { openTenant } from './_tenant.ts'

/** The tenant behind a real application with real machine tokens, without sockets. */
export async function openSurface(times = { answer: 150_000, poll: 150_000 }) {
  const directory = await mkdtemp(join(tmpdir(), 'entra-surface-'))
  const authority = await openAuthority({ directory, domains: ['microsoftonline.com', 'windowsazure.com'] })
  const tenant = await openTenant(times)
  const journal = new Journal(tenant.clock)
  const leaves = new IssuedLeaves(authority.caPem)
  const app: FastifyInstance = createApplication({
    deployment: 'entra',
    callers: new CallerRegistry('internet'),
    journal,
    faults: new FaultTable(),
    log: createLog('silent'),
    random: systemRandom,
  })
  return {
    ...tenant,
    app,
    journal,
    authority,
    authenticateMachine: (request: FastifyRequest, allowed: readonly string[]) =>
      authenticateMachine(request, { leaves, clock: tenant.clock, allowed }),
    post: async (host: string, url: string, { as, body }: { as?: string; body: unknown }) => {
      const token = as && (await createMachineToken(await authority.machineIdentity(as), host, tenant.clock))
      const headers = { host, ...(token ? { authorization: `Bearer ${token}` } : {}) }
      const response = await app.inject({ method: 'POST', url, headers, payload: body as object })
      return { status: response.statusCode, json: response.body ? response.json() : undefined }
    },
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await rm(directory, { recursive: true })
    },
  }
}
