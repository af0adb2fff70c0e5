import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import type { PeopleStore } from '../people/people.ts'
import type { DeviceServices } from './device-services.ts'
import { registrationPolicySchema } from './registration/registration-policy.ts'

export interface DeviceManagementParts {
  readonly devices: DeviceServices
  readonly people: PeopleStore
  readonly clock: Clock
}

const text = z.string().max(256)
const extensionAttribute = z.string().regex(/^extensionAttribute(?:[1-9]|1[0-5])$/)

const changesSchema = z.strictObject({
  isCompliant: z.boolean().optional(),
  isManaged: z.boolean().optional(),
  accountEnabled: z.boolean().optional(),
  displayName: text.min(1).optional(),
  operatingSystem: text.min(1).optional(),
  operatingSystemVersion: text.min(1).optional(),
  deviceOwnership: z.enum(['Company', 'Personal']).optional(),
  manufacturer: text.optional(),
  model: text.optional(),
  enrollmentProfileName: text.optional(),
  mdmAppId: z.guid().optional(),
  profileType: z.enum(['RegisteredDevice', 'SecureVM', 'Printer', 'Shared', 'IoT']).optional(),
  physicalIds: z.array(text).optional(),
  systemLabels: z.array(text).optional(),
  extensionAttributes: z.record(extensionAttribute, text).optional(),
})

const certificateSchema = z.strictObject({ certificateRequest: z.base64().min(1) })
const protectionSchema = z.strictObject({ state: z.enum(['compliant', 'notCompliant']) })

/** Rows of the management port: what mobile device management and app protection would say. */
export function addDeviceManagement(app: FastifyInstance, parts: DeviceManagementParts): void {
  const { devices } = parts
  app.get('/devices', async () => ({ devices: (await devices.directory.list()).map(deviceView) }))
  app.get('/devices/:deviceId', async (request, reply) => answerDevice(reply, await deviceOf(request, parts)))
  app.patch('/devices/:deviceId', async (request, reply) => {
    const changes = changesSchema.parse(request.body ?? {})
    await devices.directory.change(deviceIdOf(request), changes)
    return answerDevice(reply, await deviceOf(request, parts))
  })
  app.delete('/devices/:deviceId', async (request, reply) => {
    const removed = await devices.directory.remove(deviceIdOf(request))
    return removed ? reply.code(204).send() : unknownDevice(reply)
  })
  app.post('/devices/:deviceId/certificate', async (request, reply) => certify(request, reply, parts))
  app.get('/device-registration-policy', async () => devices.policy.read())
  app.patch('/device-registration-policy', async (request) =>
    devices.policy.change(registrationPolicySchema.partial().parse(request.body ?? {})),
  )
  addAppProtection(app, parts)
}

function addAppProtection(app: FastifyInstance, { devices, people }: DeviceManagementParts): void {
  const { appProtection } = devices
  app.get('/app-protection', async () => {
    const [entries, everybody] = await Promise.all([appProtection.list(), people.list()])
    const names = new Map(everybody.map((person) => [person.objectId, person.userPrincipalName]))
    return {
      apps: entries.map(({ objectId, appId, state }) => ({ userPrincipalName: names.get(objectId), appId, state })),
    }
  })
  app.put('/app-protection/:upn/:appId', async (request, reply) => {
    const { state } = protectionSchema.parse(request.body)
    const { upn, appId } = request.params as { upn: string; appId: string }
    const person = await people.byUserPrincipalName(upn)
    if (!person) return unknownPerson(reply)
    await appProtection.set(person.objectId, appId, state)
    return { userPrincipalName: person.userPrincipalName, appId, state }
  })
  app.delete('/app-protection/:upn/:appId', async (request, reply) => {
    const { upn, appId } = request.params as { upn: string; appId: string }
    const person = await people.byUserPrincipalName(upn)
    if (!person) return unknownPerson(reply)
    const removed = await appProtection.remove(person.objectId, appId)
    return removed ? reply.code(204).send() : reply.code(404).send({ error: 'This app is not enrolled.' })
  })
}

/** How a device of the scenario, which has no key of its own, gets a certificate. */
async function certify(
  request: FastifyRequest,
  reply: FastifyReply,
  { devices, clock }: DeviceManagementParts,
): Promise<FastifyReply> {
  const { certificateRequest } = certificateSchema.parse(request.body)
  const device = await devices.directory.byDeviceId(deviceIdOf(request))
  if (!device) return unknownDevice(reply)
  const now = clock.now()
  const { deviceId, trustType, ownerId: userObjectId = device.objectId } = device
  const der = Buffer.from(certificateRequest, 'base64')
  const certificate = await devices.authority.issue({ der, deviceId, userObjectId, trustType, now })
  if (!certificate) {
    const error = 'certificateRequest is not a signed PKCS #10 request for an RSA key of at least 2048 bits.'
    return reply.code(400).send({ error })
  }
  await devices.directory.certify(deviceId, { thumbprint: certificate.thumbprint, at: now.getTime() })
  return reply.send({
    deviceId,
    thumbprint: certificate.thumbprint,
    certificate: certificate.der.toString('base64'),
  })
}

function deviceIdOf(request: FastifyRequest): string {
  return (request.params as { deviceId: string }).deviceId
}

function deviceOf(request: FastifyRequest, { devices }: DeviceManagementParts): Promise<DirectoryDevice | undefined> {
  return devices.directory.byDeviceId(deviceIdOf(request))
}

function answerDevice(reply: FastifyReply, device: DirectoryDevice | undefined): FastifyReply {
  return device ? reply.send(deviceView(device)) : unknownDevice(reply)
}

function unknownDevice(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'The tenant has no such device. Was it synchronized?' })
}

function unknownPerson(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'The tenant has no such account. Was it synchronized?' })
}

function deviceView({ registeredAt, lastSignInAt, thumbprint, ...device }: DirectoryDevice) {
  return {
    ...device,
    /** Whether it holds a certificate to prove itself with. */
    registered: thumbprint !== undefined,
    registrationDateTime: instantOf(registeredAt),
    approximateLastSignInDateTime: instantOf(lastSignInAt),
  }
}

function instantOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}
