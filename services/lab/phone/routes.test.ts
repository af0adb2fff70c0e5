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

  test.each([
    { path: '/answer-call', body: { press: '#' }, status: 200, json: { state: '#' } },
    { path: '/answer-call', body: { press: '7' }, status: 400, json: {} },
    { path: '/register', body: {}, status: 409, json: { error: 'not the code' } },
    {
      path: '/behaviour',
      method: 'PUT',
      body: { push: 'approve', voice: 'reportFraud', sms: 'ignore', afterSeconds: 2 },
      status: 200,
      json: { push: 'approve', voice: 'reportFraud', sms: 'ignore', afterSeconds: 2 },
    },
    { path: '/behaviour', method: 'PUT', body: { push: 'explode' }, status: 400, json: {} },
    { path: '/behaviour', method: 'PUT', body: { voice: 'mistype' }, status: 400, json: {} },
  ] as const)('$path with $body: $status', async ({ path, body, status, json, ...more }) => {
    await using lab = await openLabWithPeers()
    const answer = await lab.call(`/api/mfa/alice@contoso.com${path}`, { method: 'POST', ...more, body })
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject(json)
  })

  test.each([
    { form: 'answer-call', body: 'id=c1&press=%23', status: 303, text: '' },
    { form: 'answer-call', body: 'id=c1&press=7', status: 400, text: 'The request is not valid.' },
    { form: 'scan', body: 'activationCode=A1', status: 409, text: 'not the code' },
    { form: 'approve', body: 'id=p1&number=41', status: 409, text: 'wrong number' },
    { form: 'deny', body: 'id=p1&number=', status: 404, text: 'nothing waits' },
  ])('the form $form with $body: $status, told on the page', async ({ form, body, status, text }) => {
    await using lab = await openLabWithPeers()
    const headers = { origin: 'http://127.0.0.1:8080', 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await lab.call(`/phone/alice@contoso.com/${form}`, { method: 'POST', headers, body })
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(text)
  })

  test('the page shows what rings and what can be scanned', async () => {
    await using lab = await openLabWithPeers()
    const { text } = await lab.call('/phone/alice@contoso.com')
    expect(text).toContain('+1 4255550101 is ringing')
    expect(text).toContain('name="activationCode" value="A1"')
  })
})
