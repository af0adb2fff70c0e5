import type { Stack } from '#services/stack.ts'
import { managementHeader } from '#shared/stack/management.ts'
import { type Device, newDevice } from './device.ts'
import type { VisitorOptions } from './http-visitor.ts'
import { userAgents } from './web-view.ts'

/** The devices of the default world. */
export const devices = {
  alicesPhone: 'd0000000-0000-4000-8000-000000000002',
  erinsPhone: 'd0000000-0000-4000-8000-000000000003',
} as const

/** Gives a device of the scenario a key and the tenant's certificate for it, as its registration would have. */
export async function registeredPhone(stack: Stack, deviceId: string): Promise<Device> {
  const device = await newDevice()
  const entra = stack.deployments.find(({ plan }) => plan.name === 'entra')?.management
  const answer = await fetch(`http://${entra?.host}:${entra?.port}/devices/${deviceId}/certificate`, {
    method: 'POST',
    headers: { [managementHeader]: '1', 'content-type': 'application/json' },
    body: JSON.stringify({ certificateRequest: await device.certificateRequest() }),
  })
  if (answer.status !== 200) throw new Error(`no certificate for ${deviceId}: ${answer.status}`)
  device.keepCertificate(((await answer.json()) as { certificate: string }).certificate)
  return device
}

/** The web view of an app on such a phone. */
export function webViewOn(stack: Stack, device: Device, userAgent: string = userAgents.outlookIos): VisitorOptions {
  return { userAgent, proveDevice: (challenge) => device.answer(challenge, stack.clock.seconds()) }
}
