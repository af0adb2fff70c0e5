import { createHash } from 'node:crypto'
import { z } from 'zod'
import { immutableIdOf } from '#shared/scenario/identifiers.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AccountStore } from '../accounts/accounts.ts'
import type { RegisteredDeviceRow } from '../devices/device-tables.ts'
import type { RegisteredDeviceStore, WriteBackCounts } from '../devices/registered-devices.ts'

const writtenSchema = z.object({
  issuers: z.array(z.base64()),
  devices: z.array(
    z.object({
      deviceId: z.string(),
      displayName: z.string(),
      operatingSystem: z.string(),
      operatingSystemVersion: z.string().optional(),
      trustType: z.string(),
      accountEnabled: z.boolean(),
      isManaged: z.boolean(),
      isCompliant: z.boolean(),
      thumbprint: z.string(),
      ownerAnchor: z.string().optional(),
      registeredAt: z.string().optional(),
    }),
  ),
})

type WrittenDevice = z.output<typeof writtenSchema>['devices'][number]

export interface WriteBackParts {
  readonly context: Pick<DeploymentContext, 'http'>
  readonly url: string
  readonly accounts: Pick<AccountStore, 'list'>
  readonly devices: RegisteredDeviceStore
}

/**
 * Device write-back: the devices that are registered with Entra ID become device objects of Active Directory, for the
 * federation service to know them by ("Microsoft Entra Connect: Enabling device writeback").
 */
export async function writeBackDevices(
  { context, url, accounts, devices }: WriteBackParts,
  kind: 'initial' | 'delta',
): Promise<WriteBackCounts> {
  const response = await context.http.send(url, { authenticate: true })
  if (response.status !== 200) throw new Error(`Entra ID answered ${response.status}: ${await response.text()}`)
  const { issuers, devices: written } = writtenSchema.parse(await response.json())
  const people = written.length === 0 ? [] : await accounts.list()
  const guids = new Map(people.map(({ object_guid }) => [immutableIdOf(object_guid), object_guid]))
  const rows = written.map((device) => rowOf(device, guids))
  return devices.writeBack({ rows, issuers }, kind === 'initial')
}

function rowOf(device: WrittenDevice, guids: ReadonlyMap<string, string>): RegisteredDeviceRow {
  const digest = createHash('sha256').update(JSON.stringify(device)).digest('base64url')
  return {
    device_id: device.deviceId.toLowerCase(),
    display_name: device.displayName,
    os_type: device.operatingSystem,
    os_version: device.operatingSystemVersion ?? null,
    trust_type: device.trustType,
    enabled: Number(device.accountEnabled),
    is_managed: Number(device.isManaged),
    is_compliant: Number(device.isCompliant),
    thumbprint: device.thumbprint,
    owner_guid: guids.get(device.ownerAnchor ?? '') ?? null,
    registered_at: device.registeredAt ?? null,
    digest,
  }
}
