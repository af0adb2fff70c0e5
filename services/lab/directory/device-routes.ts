import { z } from 'zod'
import { type ApiRoute, apiRoute } from '../api/route.ts'
import { ask, type Manage } from '../peers/ask.ts'
import { directoryPath as path } from './active-directory.ts'
import { registeredDeviceChangeSchema, registeredDeviceSchema, registeredDevicesSchema } from './schemas.ts'

const deployment = 'directory'
const parameters = z.strictObject({ deviceId: z.string().min(1).describe('The identifier of the device.') })

/** The device objects that device write-back made, by which AD FS knows devices. */
export function registeredDeviceRoutes(manage: Manage): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/directory/devices',
      name: 'listRegisteredDevices',
      summary: 'The device objects of Active Directory, written back from Entra ID',
      answer: registeredDevicesSchema,
      refusals: ['deploymentUnreachable'],
      handle: () => ask(manage, { deployment, path: '/devices' }, registeredDevicesSchema),
    }),
    apiRoute({
      method: 'PATCH',
      path: '/api/directory/devices/{deviceId}',
      name: 'changeRegisteredDevice',
      summary: 'Enable or disable a device object',
      description: 'AD FS sees it at once. It stays until Entra ID says something new about the device.',
      parameters,
      body: registeredDeviceChangeSchema,
      answer: registeredDeviceSchema,
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { deviceId }, body }) =>
        ask(
          manage,
          { deployment, path: path`/devices/${deviceId}`, method: 'PATCH', json: body },
          registeredDeviceSchema,
        ),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/directory/devices/{deviceId}',
      name: 'deleteRegisteredDevice',
      summary: 'Delete a device object',
      description: 'The next cycle brings it back while the device is registered with Entra ID.',
      parameters,
      answer: z.object({}),
      refusals: ['notFound', 'deploymentUnreachable'],
      handle: ({ parameters: { deviceId } }) =>
        ask(manage, { deployment, path: path`/devices/${deviceId}`, method: 'DELETE' }, z.object({})),
    }),
  ]
}
