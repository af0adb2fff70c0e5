import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { publishedApplicationSchema } from '#shared/scenario/schema-wap.ts'
import type { FederationService } from './federation-service.ts'
import type { ProxyTrust } from './trust/proxy-trust.ts'

const credentialSchema = z.strictObject({ userName: z.string().min(1), password: z.string().min(1) })

/** What administrators of the proxy do: Install-WebApplicationProxy, Get-, Set- and Remove-WebApplicationProxyApplication. */
export function addProxyManagement(app: FastifyInstance, trust: ProxyTrust, federation: FederationService): void {
  app.get('/proxy-trust', async () => trust.status)
  app.post('/proxy-trust', async (request, reply) => {
    const { data } = credentialSchema.safeParse(request.body)
    if (!data) return reply.code(400).send({ error: 'userName and password of an administrator of AD FS are needed' })
    federation.forget()
    const status = await trust.install(data)
    return reply.code(status.state === 'established' ? 200 : 409).send(status)
  })
  app.get('/applications', async () => ({ applications: (await federation.configuration()).applications }))
  app.put('/applications/:name', async (request, reply) => {
    const { name } = request.params as { name: string }
    const { data, error } = publishedApplicationSchema.safeParse({ ...(request.body as object), name })
    if (!data) return reply.code(400).send({ error: z.prettifyError(error) })
    const application = { ...data, backendServerUrl: data.backendServerUrl ?? data.externalUrl }
    const { applications } = await federation.configuration()
    await federation.publish([...applications.filter((each) => each.name !== name), application])
    return application
  })
  app.delete('/applications/:name', async (request, reply) => {
    const { name } = request.params as { name: string }
    const { applications } = await federation.configuration()
    const left = applications.filter((each) => each.name !== name)
    if (left.length === applications.length) return reply.code(404).send({ error: `no application "${name}"` })
    await federation.publish(left)
    return {}
  })
}
