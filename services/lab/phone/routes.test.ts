import { describe, expect, test } from 'vitest'
import { openLabWithPeers, phone } from '../_peers.ts'

describe('phone', () => {
  test.each([
    { what: 'shows it', path: '', body: undefined, status: 200, json: phone },
    {
      what: 'approves with the right number',
      path: '/approve',
      body: { number: 42 },
      status: 200,
      json: { state: 'approved' },
    },
    {
      what: 'approves without a number or a body',
      path: '/approve',
      body: '',
      status: 200,
      json: { state: 'approved' },
    },
    {
      what: 'tells of a wrong number',
      path: '/approve',
      body: { number: 41 },
      status: 409,
      json: { error: 'wrong number' },
    },
    { what: 'refuses a number that is none', path: '/approve', body: { number: 'x' }, status: 400, json: {} },
    { what: 'tells that nothing waits', path: '/deny', body: {}, status: 404, json: { error: 'nothing waits' } },
  ])('$what', async ({ path, body, status, json }) => {
    await using lab = await openLabWithPeers()
    const method = path === '' ? 'GET' : 'POST'
    const answer = await lab.call(`/api/mfa/alice%40contoso.com${path}`, { method, body })
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject(json)
  })

  test('an unknown person is 404, an Entra ID that does not answer 503', async () => {
    await using lab = await openLabWithPeers()
    expect((await lab.call('/api/mfa/nobody@contoso.com')).status).toBe(404)
    lab.entra.isDown = true
    expect((await lab.call('/api/mfa/alice@contoso.com')).status).toBe(503)
  })
})
