import { describe, expect, test } from 'vitest'
import { openLabWithPeers } from '../_peers.ts'

describe('clock', () => {
  test('moves, stops and releases every deployment alike', async () => {
    await using lab = await openLabWithPeers()
    const set = await lab.call('/api/clock', { method: 'POST', body: { now: '2030-01-01T00:00:00Z', freeze: true } })
    expect(set.json()).toMatchObject({ now: '2030-01-01T00:00:00.000Z', frozen: true })
    const advanced = await lab.call('/api/clock', { method: 'POST', body: { advance: 'PT1H' } })
    expect(advanced.json()).toMatchObject({ now: '2030-01-01T01:00:00.000Z', frozen: true })
    for (const { clock } of [lab.entra, lab.directory, lab.adfs])
      expect(clock.now().toISOString()).toBe('2030-01-01T01:00:00.000Z')
    const released = await lab.call('/api/clock', { method: 'POST', body: { freeze: false } })
    expect(released.json()).toMatchObject({ frozen: false })
    expect(lab.adfs.clock.state).toEqual(lab.entra.clock.state)
    expect((await lab.call('/api/clock')).json().now).toMatch(/^2030-01-01T01:00:0/)
  })

  test('waits for what fell due, and lets the directory call peers that have the new time', async () => {
    await using lab = await openLabWithPeers()
    const seen: string[] = []
    lab.directory.clock.at(new Date(lab.directory.clock.now().getTime() + 1_800_000), async () => {
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(lab.entra.clock.now().toISOString().slice(0, 13))
    })
    const { now } = (await lab.call('/api/clock', { method: 'POST', body: { advance: 'PT1H' } })).json()
    expect(seen).toEqual([now.slice(0, 13)])
  })

  test('says which deployment did not take the time', async () => {
    await using lab = await openLabWithPeers()
    lab.adfs.isDown = true
    const answer = await lab.call('/api/clock', { method: 'POST', body: { freeze: true } })
    expect(answer.status).toBe(502)
    expect(answer.json().detail).toEqual([{ deployment: 'adfs', error: 'connection refused' }])
  })
})
