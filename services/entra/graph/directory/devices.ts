import { z } from 'zod'
import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { DirectoryDevice } from '../../people/devices.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import { devices as resource } from '../odata/resources/groups-and-devices.ts'
import { managedDevices } from '../odata/resources/sign-ins.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'
import { deviceRecord, instant } from './device-record.ts'
import { directoryObjects } from './directory-objects.ts'
import { findUser } from './find-user.ts'
import { userRecord } from './user-record.ts'

const reading = { scopes: scopes.readDevices }
const writing = { scopes: scopes.writeDevices, directoryRoles: directoryRoles.writeDevices }
const readingManaged = { scopes: scopes.readManagedDevices, directoryRoles: directoryRoles.readManagedDevices }
const ownDevices = { scopes: scopes.readUsers, ownScopes: scopes.readSelf }

export const deviceOperations: readonly Operation[] = [
  operation('GET', '/devices', reading, listDevices),
  operation('GET', '/devices/{deviceId}', reading, getDevice),
  operation('PATCH', '/devices/{deviceId}', writing, changeDevice),
  operation('DELETE', '/devices/{deviceId}', writing, deleteDevice),
  operation('GET', '/devices/{deviceId}/registeredOwners', reading, listOwners),
  operation('GET', '/devices/{deviceId}/registeredUsers', reading, listOwners),
  operation('GET', '/users/{userId}/registeredDevices', ownDevices, listDevicesOfUser),
  operation('GET', '/users/{userId}/ownedDevices', ownDevices, listDevicesOfUser),
  operation('GET', '/deviceManagement/managedDevices', readingManaged, listManagedDevices),
  operation('GET', '/deviceManagement/managedDevices/{managedDeviceId}', readingManaged, getManagedDevice),
]

async function listDevices(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = (await services.devices.directory.list()).map(deviceRecord)
  return answerCollection(services, call, { resource, set: 'devices', records })
}

async function getDevice(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  return answerEntity(call, { resource, set: 'devices', record: deviceRecord(await findDevice(services, call)) })
}

/** By its object id, or as `devices(deviceId='…')`. */
async function findDevice({ devices }: GraphServices, call: GraphCall): Promise<DirectoryDevice> {
  const id = key(call, 'deviceId').toLowerCase()
  const byDeviceId = id.replace(/^deviceid=/, '')
  if (id !== byDeviceId) return found(await devices.directory.byDeviceId(byDeviceId), byDeviceId)
  return found(
    (await devices.directory.list()).find(({ objectId }) => objectId === id),
    id,
  )
}

const changesSchema = z.strictObject({
  accountEnabled: z.boolean().optional(),
  isCompliant: z.boolean().optional(),
  isManaged: z.boolean().optional(),
  displayName: z.string().min(1).max(256).optional(),
  operatingSystem: z.string().min(1).max(256).optional(),
  operatingSystemVersion: z.string().min(1).max(256).optional(),
})

async function changeDevice(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { deviceId } = await findDevice(services, call)
  await services.devices.directory.change(deviceId, readBody(call, changesSchema, 'Device'))
  return noContent
}

async function deleteDevice(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { deviceId } = await findDevice(services, call)
  await services.devices.directory.remove(deviceId)
  return noContent
}

async function listOwners(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { ownerId } = await findDevice(services, call)
  const owner = ownerId === undefined ? undefined : await services.people.byObjectId(ownerId)
  const records = owner ? [{ '@odata.type': '#microsoft.graph.user', ...userRecord(services, owner) }] : []
  return answerCollection(services, call, { resource: directoryObjects, set: 'directoryObjects', records })
}

async function listDevicesOfUser(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { objectId } = await findUser(services, call)
  const mine = (await services.devices.directory.list()).filter(({ ownerId }) => ownerId === objectId)
  const records = mine.map((device) => ({ '@odata.type': '#microsoft.graph.device', ...deviceRecord(device) }))
  return answerCollection(services, call, { resource: directoryObjects, set: 'directoryObjects', records })
}

async function listManagedDevices(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const records = await managedDeviceRecords(services)
  return answerCollection(services, call, {
    resource: managedDevices,
    set: 'deviceManagement/managedDevices',
    records,
  })
}

async function getManagedDevice(services: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const id = key(call, 'managedDeviceId').toLowerCase()
  const record = (await managedDeviceRecords(services)).find((each) => each.id === id)
  return answerEntity(call, {
    resource: managedDevices,
    set: 'deviceManagement/managedDevices',
    record: found(record, id),
  })
}

/** Devices that mobile device management knows ([Graph] managedDevice). */
async function managedDeviceRecords({ devices, people }: GraphServices): Promise<readonly GraphRecord[]> {
  const [all, persons] = await Promise.all([devices.directory.list(), people.list()])
  const owners = new Map(persons.map((person) => [person.objectId, person]))
  return all
    .filter(({ isManaged }) => isManaged)
    .map((device) => managedRecord(device, owners.get(device.ownerId ?? '')))
}

function managedRecord(
  device: DirectoryDevice,
  owner: { readonly objectId: string; readonly userPrincipalName: string; readonly displayName: string } | undefined,
): GraphRecord {
  return {
    id: derivedGuid('managedDevice', device.deviceId),
    userId: owner?.objectId ?? '',
    deviceName: device.displayName,
    managedDeviceName: device.displayName,
    managedDeviceOwnerType: device.deviceOwnership.toLowerCase(),
    enrolledDateTime: instant(device.registeredAt),
    lastSyncDateTime: instant(device.lastSignInAt),
    operatingSystem: device.operatingSystem,
    osVersion: device.operatingSystemVersion ?? null,
    complianceState: device.isCompliant ? 'compliant' : 'noncompliant',
    jailBroken: 'False',
    managementAgent: 'mdm',
    easActivated: false,
    easDeviceId: null,
    easActivationDateTime: null,
    azureADRegistered: true,
    azureADDeviceId: device.deviceId,
    deviceRegistrationState: 'registered',
    deviceEnrollmentType: 'unknown',
    exchangeAccessState: 'none',
    exchangeAccessStateReason: 'none',
    emailAddress: owner?.userPrincipalName ?? null,
    userPrincipalName: owner?.userPrincipalName ?? null,
    userDisplayName: owner?.displayName ?? null,
    isEncrypted: true,
    isSupervised: false,
    model: device.model ?? null,
    manufacturer: device.manufacturer ?? null,
    serialNumber: null,
    imei: null,
    phoneNumber: null,
  }
}
