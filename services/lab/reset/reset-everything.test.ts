import { describe, expect, test } from 'vitest'
import { openLabWithPeers } from '../_peers.ts'

describe('reset', () => {
  test('puts every deployment back, the directory when Entra ID is done, and the clock first of all', async () => {
    await using lab = await openLabWithPeers()
    await lab.call('/api/clock', { method: 'POST', body: { advance: 'P1D' } })
    let entraWas = 0
    lab.entra.whenReset = () => new Promise((resolve) => setImmediate(resolve))
    lab.directory.whenReset = async () => {
      entraWas = lab.entra.resets
    }
    const answer = await lab.call('/api/reset', { method: 'POST' })
    expect(answer.status).toBe(200)
    const deployments = { directory: 'reset', entra: 'reset', adfs: 'reset', lab: 'reset' }
    expect(answer.json()).toEqual({ status: 'reset', deployments })
    expect(entraWas).toBe(1)
    for (const { clock } of [lab.entra, lab.directory, lab.adfs, lab.self]) expect(clock.state.offset).toBe(0)
    expect(lab.entra.calls.slice(-2)).toEqual(['DELETE /clock', 'POST /reset'])
  })

  test('is no success while one deployment fails, and says which', async () => {
    await using lab = await openLabWithPeers()
    lab.adfs.whenReset = async () => {
      throw new Error('disk full')
    }
    const answer = await lab.call('/api/reset', { method: 'POST', body: {} })
    expect(answer.status).toBe(502)
    expect(answer.json()).toMatchObject({ detail: [{ deployment: 'adfs', error: 'disk full' }] })
    expect(lab.directory.resets).toBe(1)
  })

  test('two at once run one after the other', async () => {
    await using lab = await openLabWithPeers()
    const running = { now: 0, most: 0 }
    lab.entra.whenReset = async () => {
      running.now += 1
      running.most = Math.max(running.most, running.now)
      await new Promise((resolve) => setImmediate(resolve))
      running.now -= 1
    }
    const answers = await Promise.all([1, 2, 3].map(() => lab.call('/api/reset', { method: 'POST' })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(running.most).toBe(1)
    expect(lab.entra.resets).toBe(3)
  })
})
