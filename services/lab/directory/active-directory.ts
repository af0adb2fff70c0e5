import { z } from 'zod'
import { ask, type Manage } from '../peers/ask.ts'
import {
  type Cycle,
  cycleSchema,
  type DirectoryUser,
  type RegisteredDevice,
  registeredDevicesSchema,
  usersSchema,
} from './schemas.ts'

const deployment = 'directory'
const timeoutMs = 60_000

export async function readUsers(manage: Manage): Promise<readonly DirectoryUser[]> {
  return (await ask(manage, { deployment, path: '/users' }, usersSchema)).users
}

/** An Entra Connect cycle, now. */
export function synchronize(manage: Manage, full = false): Promise<Cycle> {
  return ask(manage, { deployment, path: '/synchronize', method: 'POST', json: { full }, timeoutMs }, cycleSchema)
}

export async function readCycles(manage: Manage): Promise<readonly Cycle[]> {
  const schema = z.object({ cycles: z.array(cycleSchema) })
  return (await ask(manage, { deployment, path: '/synchronizations' }, schema)).cycles
}

export async function readRegisteredDevices(manage: Manage): Promise<readonly RegisteredDevice[]> {
  return (await ask(manage, { deployment, path: '/devices' }, registeredDevicesSchema)).devices
}

/** A path of the management port whose variable parts are escaped. */
export function directoryPath(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: strings }, ...values.map(encodeURIComponent))
}
