import { expect, test } from 'vitest'
import { phoneDoor } from './phone-door.ts'

test('a phone is led to the profiles by a QR code', async () => {
  const door = await phoneDoor('http://192.0.2.4:8080')
  expect(door?.address).toBe('http://192.0.2.4:8080/connect?kind=ios-mail')
  const [, svg = ''] = /^data:image\/svg\+xml;base64,(.+)$/.exec(door?.picture ?? '') ?? []
  expect(Buffer.from(svg, 'base64').toString()).toMatch(/^<svg .+<\/svg>\s*$/s)
})

test.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])('but not to %s', async (gateway) => {
  expect(await phoneDoor(gateway)).toBeUndefined()
})
