import { expect, test } from 'vitest'
import { Device, openOffice } from './_device.ts'

test('the journal has command, version, policy key and both documents, without anything of mail or passwords', async () => {
  await using stage = await openOffice()
  const device = await new Device(stage).connect()
  await device.sync(device.folder('2'), '', '0')
  const subject = `<Email:Subject>Very secret</Email:Subject><Email:To>carol@contoso.com</Email:To>`
  const data =
    '<AirSyncBase:Body><AirSyncBase:Type>1</AirSyncBase:Type><AirSyncBase:Data>hush</AirSyncBase:Data></AirSyncBase:Body>'
  const add = `<AirSync:Commands><AirSync:Add><AirSync:ClientId>c1</AirSync:ClientId><AirSync:ApplicationData>${subject}${data}</AirSync:ApplicationData></AirSync:Add></AirSync:Commands>`
  await device.sync(device.folder('2'), add)
  await device.send(
    'Settings',
    '<Settings:Settings><Settings:DevicePassword><Settings:Set><Settings:Password>hunter2</Settings:Password></Settings:Set></Settings:DevicePassword></Settings:Settings>',
  )
  const events = stage.events()
  const sync = events.findLast(({ decisions }) => decisions.includes('Sync'))
  expect(sync).toMatchObject({
    user: 'bob@contoso.com',
    detail: { deviceId: 'DEVICE1', version: '14.1', policyKey: String(device.policyKey) },
  })
  const { request, answer } = (sync?.detail ?? {}) as Record<'request' | 'answer', string>
  expect(request).toContain(`<CollectionId>${device.folder('2')}</CollectionId>`)
  expect(request).toContain('<Subject>[11 characters]</Subject>')
  expect(request).toContain('<Data>[4 characters]</Data>')
  expect(answer).toMatch(/^<Sync>\n {2}<Collections>[\s\S]*<Status>1<\/Status>/)
  const settings = events.findLast(({ decisions }) => decisions.includes('Settings'))
  expect(settings?.detail).toMatchObject({ request: expect.stringContaining('<Password>[7 characters]</Password>') })
  for (const secret of ['Very secret', 'hush', 'hunter2', 'carol@'])
    expect(JSON.stringify(events)).not.toContain(secret)
})
