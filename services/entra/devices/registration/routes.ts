import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { Gap } from '#shared/errors.ts'
import { surfaceErrors } from '#shared/http/server.ts'
import type { Random } from '#shared/random.ts'
import type { EntraConfig } from '../../config.ts'
import type { PeopleStore } from '../../people/people.ts'
import type { TokenSigner } from '../../token/sign-token.ts'
import type { DeviceServices } from '../device-services.ts'
import { discoveryDocument } from './discovery-document.ts'
import { registerDevice, registrationAnswer } from './register-device.ts'
import { RegistrationRefusal, registrationErrorWriter } from './registration-refusal.ts'
import { readRegistrationRequest } from './registration-request.ts'
import { registrationCaller } from './registration-token.ts'
import { unregisterDevice } from './unregister-device.ts'

export interface RegistrationServices {
  readonly config: EntraConfig
  readonly clock: Clock
  readonly random: Random
  readonly people: PeopleStore
  readonly signer: TokenSigner
  readonly devices: DeviceServices
}

/** enterpriseregistration.windows.net: where devices join, register and leave ([MS-DVRD], [MS-DVRJ]). */
export function addDeviceRegistration(scope: FastifyInstance, services: RegistrationServices): void {
  surfaceErrors(scope, registrationErrorWriter(services.clock))
  const document = discover(services)
  for (const path of ['/:tenant/Discover', '/:tenant/EnrollmentServer/Contract', '/EnrollmentServer/Contract'])
    scope.get(path, document)
  for (const slash of ['', '/']) {
    scope.post(`/EnrollmentServer/device${slash}`, register(services))
    scope.get(`/EnrollmentServer/nonce/:tenant${slash}`, drawNonce(services))
    scope.delete(`/EnrollmentServer/device/:deviceId${slash}`, unregister(services))
  }
  scope.put('/EnrollmentServer/device/:deviceId', gap('hybrid join with the certificate of the computer account'))
  scope.all('/EnrollmentServer/key/', gap('registering keys of Windows Hello for Business'))
  scope.all('/*', gap('this part of the device registration service'))
}

function gap(what: string) {
  return async () => {
    throw new Gap(what, 'services/entra/README.md')
  }
}

function discover({ config, people }: RegistrationServices) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const tenant = (request.params as { tenant?: string }).tenant?.toLowerCase() ?? config.tenant.id
    const domain = people.domainOf(tenant)
    if (!domain && tenant !== config.tenant.id) {
      const reason = `no tenant "${tenant}"; known: ${[...config.domainNames, config.tenant.id].join(', ')}`
      throw new RegistrationRefusal('tenantUnknown', reason, { tenant })
    }
    request.recording.note({ decision: 'deviceServicesDiscovered' })
    return reply.send(discoveryDocument(config.tenant.id, domain))
  }
}

function register(services: RegistrationServices) {
  const { config, clock, random, devices } = services
  const parts = { ...devices, tenantId: config.tenant.id }
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = await registrationCaller({ ...services, tenantId: config.tenant.id }, request.headers.authorization)
    const asked = readRegistrationRequest(request.body)
    const registered = await registerDevice(parts, caller, asked, { deviceId: random.uuid(), now: clock.now() })
    request.recording.note({
      decision: 'deviceRegistered',
      user: caller.person.userPrincipalName,
      detail: { device: asked.displayName, deviceId: registered.deviceId, trustType: asked.trustType },
    })
    return reply.send(registrationAnswer(parts, caller, asked, registered))
  }
}

function unregister(services: RegistrationServices) {
  const { config, devices } = services
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = await registrationCaller({ ...services, tenantId: config.tenant.id }, request.headers.authorization)
    const { deviceId } = request.params as { deviceId: string }
    await unregisterDevice(devices.directory, caller, deviceId)
    request.recording.note({
      decision: 'deviceUnregistered',
      user: caller.person.userPrincipalName,
      detail: { deviceId },
    })
    return reply.send({})
  }
}

/** Clients draw one before they register keys. */
function drawNonce(services: RegistrationServices) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    await registrationCaller({ ...services, tenantId: services.config.tenant.id }, request.headers.authorization)
    return reply.send({ Value: services.random.token(32) })
  }
}
