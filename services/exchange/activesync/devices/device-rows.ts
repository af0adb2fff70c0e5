import type { FastifyInstance } from 'fastify'
import type { ActiveSyncParts } from '../call.ts'
import type { Device } from './device-store.ts'

type Parts = Pick<ActiveSyncParts, 'devices' | 'recipients' | 'held'>
interface DevicePath {
  readonly upn: string
  readonly deviceId: string
}

/**
 * Partnerships on the management port: `GET /devices/:upn`, `POST /devices/:upn/:deviceId/wipe` with
 * `{ accountOnly?: boolean }`, `DELETE /devices/:upn/:deviceId/wipe` to take an order back that was not carried out,
 * and `DELETE /devices/:upn/:deviceId` to end a partnership.
 */
export function addDeviceRows(management: FastifyInstance, parts: Parts): void {
  management.get<{ Params: DevicePath }>('/devices/:upn', async ({ params }, reply) => {
    const mailboxId = await mailboxOf(parts, params.upn)
    if (mailboxId === undefined) return reply.code(404).send({ error: `${params.upn} has no mailbox here` })
    return { devices: (await parts.devices.list(mailboxId)).map(shown) }
  })
  management.post<{ Params: DevicePath; Body: { accountOnly?: boolean } | undefined }>(
    '/devices/:upn/:deviceId/wipe',
    async ({ params, body }, reply) => {
      const device = await deviceOf(parts, params)
      if (!device) return reply.code(404).send({ error: 'there is no such partnership' })
      await parts.devices.change(device, { wipe: body?.accountOnly ? 'pendingAccountOnly' : 'pending' })
      await parts.held.endEverywhere(device)
      return reply.code(202).send({ wipe: 'pending' })
    },
  )
  management.delete<{ Params: DevicePath }>('/devices/:upn/:deviceId/wipe', async ({ params }, reply) => {
    const device = await deviceOf(parts, params)
    if (!device) return reply.code(404).send({ error: 'there is no such partnership' })
    await parts.devices.change(device, { wipe: 'none' })
    return reply.code(204).send()
  })
  management.delete<{ Params: DevicePath }>('/devices/:upn/:deviceId', async ({ params }, reply) => {
    const device = await deviceOf(parts, params)
    if (!device) return reply.code(404).send({ error: 'there is no such partnership' })
    await parts.held.endEverywhere(device)
    await parts.devices.remove(device)
    return reply.code(204).send()
  })
}

async function mailboxOf({ recipients }: Parts, upn: string): Promise<string | undefined> {
  return (await recipients.findRecipient('userPrincipalName', upn))?.mailboxId
}

async function deviceOf(parts: Parts, { upn, deviceId }: DevicePath): Promise<Device | undefined> {
  const mailboxId = await mailboxOf(parts, upn)
  return mailboxId === undefined ? undefined : parts.devices.find({ mailboxId, deviceId })
}

function shown(device: Device) {
  const { deviceId, deviceType, userAgent, version, information, firstSyncAt, lastSyncAt } = device
  const { wipe, accessState, accessReason, policyKey } = device
  return {
    deviceId,
    deviceType,
    userAgent,
    protocolVersion: (version / 10).toFixed(1),
    information,
    firstSyncTime: firstSyncAt,
    lastSyncAttemptTime: lastSyncAt,
    accessState,
    accessReason,
    policyApplied: policyKey !== 0,
    wipe,
  }
}
