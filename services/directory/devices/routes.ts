import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { DirectoryError } from '../errors.ts'
import type { RegisteredDevice, RegisteredDeviceStore } from './registered-devices.ts'

const searchKeys = { thumbprint: 'thumbprint', deviceId: 'device_id' } as const

/** What stands in for LDAP where member servers look a device up: GET /devices?thumbprint=… or ?deviceId=…, /devices/issuers. */
export function addDeviceRoutes(app: FastifyInstance, devices: RegisteredDeviceStore): void {
  app.get('/devices', async (request) => {
    const query = request.query as Record<string, string>
    const name = (['thumbprint', 'deviceId'] as const).find((key) => typeof query[key] === 'string')
    if (!name) throw new DirectoryError('invalidRequest', 'thumbprint or deviceId is needed')
    const device = await devices.find(searchKeys[name], query[name] ?? '')
    if (!device) throw new DirectoryError('unknownDevice', `no registered device with ${name} ${query[name]}`)
    request.recording.note({ decision: 'deviceFound', detail: { device: device.displayName } })
    return { device }
  })
  app.get('/devices/issuers', async () => ({ issuers: await devices.issuers() }))
}

const changeSchema = z.strictObject({ enabled: z.boolean() })

/** "Active Directory Users and Computers" for device objects, for the lab. */
export function addDeviceManagement(app: FastifyInstance, devices: RegisteredDeviceStore): void {
  type Named = { Params: { deviceId: string } }
  app.get('/devices', async () => ({ devices: await devices.list() }))
  app.patch<Named>('/devices/:deviceId', async ({ params, body }) => {
    await devices.enable(params.deviceId, changeSchema.parse(body).enabled)
    return deviceOf(devices, params.deviceId)
  })
  app.delete<Named>('/devices/:deviceId', async ({ params }) => {
    if (await devices.remove(params.deviceId)) return {}
    throw unknown(params.deviceId)
  })
}

async function deviceOf(devices: RegisteredDeviceStore, deviceId: string): Promise<RegisteredDevice> {
  const device = await devices.find('device_id', deviceId)
  if (!device) throw unknown(deviceId)
  return device
}

function unknown(deviceId: string): DirectoryError {
  return new DirectoryError('unknownDevice', `no registered device ${deviceId}; was it registered and synchronized?`)
}
