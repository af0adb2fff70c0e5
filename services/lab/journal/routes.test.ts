import { describe, expect, test } from 'vitest'
import { openLabWithPeers } from '../_peers.ts'

describe('journal', () => {
  test('joins what happened in several deployments, newest last, and reads on from a cursor', async () => {
    await using lab = await openLabWithPeers()
    lab.entra.record('a', { linksOut: ['state:1'], user: 'alice@contoso.com' })
    await lab.call('/api/clock', { method: 'POST', body: { advance: 'PT1S' } })
    lab.adfs.record('b', { linksIn: ['state:1'] })
    const first = (await lab.call('/api/journal')).json()
    const events = first.events.filter(({ deployment }: { deployment: string }) => deployment !== 'lab')
    expect(events.map(({ id, flowId }: { id: string; flowId: string }) => `${id} in ${flowId}`)).toEqual([
      'a in a',
      'b in a',
    ])
    expect(first.missing).toEqual([])
    lab.adfs.record('c')
    const next = (await lab.call(`/api/journal?since=${first.cursor}`)).json()
    expect(next.events.map(({ id }: { id: string }) => id)).toEqual(['c'])
    const mine = (await lab.call('/api/journal?user=alice@contoso.com&deployment=adfs')).json()
    expect(mine.events.map(({ id }: { id: string }) => id)).toEqual(['b'])
    const flows = (await lab.call('/api/flows?text=login')).json().flows
    expect(flows.map((flow: { id: string; events: number }) => [flow.id, flow.events])).toEqual([
      ['a', 2],
      ['c', 1],
    ])
  })

  test.each(['since=yesterday', 'limit=-1', 'limit=many', 'colour=red'])('refuses ?%s', async (query) => {
    await using lab = await openLabWithPeers()
    const answer = await lab.call(`/api/journal?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.json().error).toMatch(/\w+/)
  })

  test('names a deployment that gives no answer', async () => {
    await using lab = await openLabWithPeers()
    lab.entra.isDown = true
    expect((await lab.call('/api/journal')).json().missing).toEqual([
      { deployment: 'entra', error: 'connection refused' },
    ])
  })

  test('what is done in the lab is in it, what is only looked at is not', async () => {
    await using lab = await openLabWithPeers()
    await lab.call('/api/mfa/alice@contoso.com')
    await lab.call('/api/mfa/alice@contoso.com/approve', { method: 'POST', body: {} })
    const { events } = (await lab.call('/api/journal?deployment=lab')).json()
    expect(events).toMatchObject([
      {
        method: 'POST',
        path: '/api/mfa/alice@contoso.com/approve',
        user: 'alice@contoso.com',
        decisions: ['pushApproved'],
      },
    ])
  })
})
