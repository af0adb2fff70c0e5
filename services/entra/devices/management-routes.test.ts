import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDevice } from '#test/actors/device.ts'
import { type MobileWorld, openMobileWorld } from './_mobile.ts'

const laptop = '/devices/d0000000-0000-4000-8000-000000000001'
let world: MobileWorld
beforeAll(async () => {
  world = await openMobileWorld()
})
afterAll(async () => world[Symbol.asyncDispose]())

test('lists the devices of the scenario, those of Active Directory after synchronization', async () => {
  const { devices } = await world.manage<{ devices: { displayName: string }[] }>('GET', '/devices')
  expect(devices.map(({ displayName }) => displayName).sort()).toEqual([
    'ALICE-LAPTOP',
    "Alice's iPhone",
    'BOB-PC',
    "Erin's Pixel",
  ])
  expect(await world.manage('GET', laptop)).toMatchObject({
    trustType: 'AzureAd',
    operatingSystem: 'Windows',
    isManaged: true,
    isCompliant: true,
    registered: false,
    registrationDateTime: null,
    approximateLastSignInDateTime: null,
  })
})

test('changes what it is told, keeps the rest, and refuses what no device has', async () => {
  const before = await world.manage<object>('GET', laptop)
  const changes = { isCompliant: false, model: 'Surface Laptop 6', extensionAttributes: { extensionAttribute1: 'SAW' } }
  expect(await world.manage('PATCH', laptop, changes)).toEqual({ ...before, ...changes })
  expect(await world.manage('PATCH', laptop, { isCompliant: true })).toMatchObject({ model: 'Surface Laptop 6' })
  expect(await world.manageRaw('PATCH', laptop, { colour: 'blue' })).toMatchObject({ status: 400 })
  expect(await world.manageRaw('PATCH', laptop, { extensionAttributes: { extensionAttribute16: 'x' } })).toMatchObject({
    status: 400,
  })
  expect(await world.manageRaw('PATCH', '/devices/nothing', { isCompliant: true })).toMatchObject({ status: 404 })
})

test('certifies a device of the scenario, for requests that are well made', async () => {
  const certificateRequest = await (await newDevice()).certificateRequest()
  expect(await world.manage('POST', `${laptop}/certificate`, { certificateRequest })).toMatchObject({
    deviceId: 'd0000000-0000-4000-8000-000000000001',
    thumbprint: expect.stringMatching(/^[0-9A-F]{40}$/),
  })
  expect(await world.manage('GET', laptop)).toMatchObject({ registered: true })
  expect(await world.manageRaw('POST', `${laptop}/certificate`, { certificateRequest: 'eA==' })).toMatchObject({
    status: 400,
  })
  expect(await world.manageRaw('POST', '/devices/nothing/certificate', { certificateRequest })).toMatchObject({
    status: 404,
  })
})

test('a reset brings the scenario back', async () => {
  await world.manage('DELETE', laptop)
  await world.manage('PATCH', '/device-registration-policy', { userDeviceQuota: 1 })
  expect(await world.manageRaw('GET', laptop)).toMatchObject({ status: 404 })
  await world.manage('POST', '/reset')
  expect(await world.manage('GET', laptop)).toMatchObject({ isCompliant: true, registered: false })
  expect(await world.manage('GET', '/device-registration-policy')).toMatchObject({ userDeviceQuota: 50 })
})
