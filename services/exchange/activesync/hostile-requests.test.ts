import { EventEmitter } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Device, openOffice } from './_device.ts'
import { connectionLoss } from './held-requests.ts'

const folder = new URL('../../../test/vectors/activesync/', import.meta.url)
interface Vector {
  readonly file: string
  readonly command: string
  readonly direction: string
  readonly versions: string
}
const catalogue = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as Vector[]
// Those that ask to wait would.
const requests = catalogue.filter(({ direction, file }) => direction === 'request' && !/wait|ping|heartbeat/.test(file))
const bytesOf = ({ file }: Vector) =>
  Buffer.from(readFileSync(new URL(`${file}.hex`, folder), 'utf8').replace(/\s/g, ''), 'hex')
const versionOf = ({ versions }: Vector) => /\d\d\.\d/.exec(versions)?.[0] ?? '14.1'

test('there are golden requests of every kind', () => {
  expect(readdirSync(folder).length).toBeGreaterThan(160)
  expect(new Set(requests.map(({ command }) => command)).size).toBeGreaterThan(15)
})

test('every golden request is answered, though its ids are not ours, and none crashes', async () => {
  await using stage = await openOffice()
  const device = await new Device(stage).connect()
  for (const vector of requests) {
    device.version = versionOf(vector)
    const { status, raw } = await device.send(vector.command, bytesOf(vector))
    expect([vector.file, status === 200 || status === 400 || status === 501]).toEqual([vector.file, true])
    if (raw.length > 0) expect(raw.subarray(0, 4).toString('hex')).toBe('03016a00')
  }
})

/** A proposed time becomes a tag that no code page has. */
const unknownTagInProposal = {
  vector: requests.find(({ file }) => file.startsWith('61-')) as Vector,
  changes: [[8, 0]] as [number, number][],
}

test('requests with some bytes changed are answered or refused, never a crash', async () => {
  await using stage = await openOffice()
  const device = await new Device(stage).connect()
  const key = device.policyKey
  const mutation = fc.record({
    vector: fc.constantFrom(...requests),
    changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(mutation, async ({ vector, changes }) => {
      const bytes = bytesOf(vector)
      for (const [place, value] of changes) bytes[4 + (place % (bytes.length - 4))] = value
      device.version = versionOf(vector)
      device.policyKey = key
      const { status } = await device.send(vector.command, bytes)
      expect([200, 400, 403, 449, 501]).toContain(status)
    }),
    { numRuns: 300, examples: [[unknownTagInProposal]] },
  )
})

test('a connection that goes ends the wait, and a wait that ends leaves no listener on it', () => {
  const socket = new EventEmitter()
  {
    using loss = connectionLoss(socket)
    expect(loss.signal.aborted).toBe(false)
    socket.emit('close')
    expect(loss.signal.aborted).toBe(true)
  }
  {
    using _loss = connectionLoss(socket)
    expect(socket.listenerCount('close')).toBe(1)
  }
  expect(socket.listenerCount('close')).toBe(0)
})
