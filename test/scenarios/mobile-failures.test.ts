import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { OutlookMobile, signInOnPhone } from '../actors/outlook-mobile.ts'
import { bob } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { worldOf } from '../actors/world.ts'

/* What goes wrong around Outlook mobile, on the wire: AutoDetect says what it found, and the cloud goes on later. */

const easUrl = 'https://mail.contoso.com/Microsoft-Server-ActiveSync'
const provider = {
  domain: 'mail.example',
  imap: { hostname: 'imap.mail.example', port: 993, encryption: 'ssl' },
  smtp: { hostname: 'smtp.mail.example', port: 465, encryption: 'ssl' },
} as const
const open = new AsyncDisposableStack()
let stack: Stack
let lab: Lab

beforeAll(async () => {
  const scenario = await loadDefaultScenario()
  stack = open.use(await startStack({ scenario: { ...scenario, autodetect: { providers: [provider] } } }))
  lab = labOf(worldOf(stack))
})
beforeEach(() => lab.reset())
afterAll(() => open.disposeAsync())

const strike = async (deployment: string, ...faults: readonly unknown[]) =>
  expect((await lab.call('PUT', `/api/faults/${deployment}`, { faults })).status).toBe(200)

async function detect(address: string) {
  const url = 'https://prod-autodetect.outlookmobile.com/detect?services=office365&protocols=eas,imap,smtp'
  const { status, text } = await requestThrough(stack, 'internet', url, { headers: { 'X-Email': address } })
  const [event] = (await lab.journal()).filter(({ deployment }) => deployment === 'autodetect').slice(-1)
  return { status, body: text === '' ? undefined : JSON.parse(text), reason: event?.reasons.join() ?? '' }
}

describe('AutoDetect', () => {
  test.each([
    {
      what: 'HTML in place of AutoDiscover',
      deployment: 'exchange-onprem',
      fault: { match: { path: '/autodiscover' }, status: 200, body: '<html>Welcome</html>' },
      reason: /answered 200 with something else/,
    },
    {
      what: 'a pre-authentication in front of AutoDiscover',
      deployment: 'wap',
      fault: { match: { path: '/autodiscover' }, status: 401 },
      reason: /answered 401/,
    },
    {
      what: 'Exchange Online down',
      deployment: 'exchange-online',
      fault: { match: { path: '/autodiscover' }, status: 503 },
      reason: /outlook\.office365\.com answered 503/,
    },
    {
      what: 'a connection that breaks',
      deployment: 'exchange-onprem',
      fault: { match: { path: '/autodiscover' }, reset: true },
      reason: /AutoDiscover: /,
    },
    {
      what: 'a sign-in page in front of ActiveSync',
      deployment: 'wap',
      fault: { match: { path: '/Microsoft-Server-ActiveSync' }, status: 302 },
      reason: /answered 302 in place of 401/,
    },
    {
      what: 'a firewall that answers 403',
      deployment: 'wap',
      fault: { match: { path: '/Microsoft-Server-ActiveSync' }, status: 403 },
      reason: /answered 403 in place of 401/,
    },
  ])('$what: nothing is found, and the journal says why', async ({ deployment, fault, reason }) => {
    await strike(deployment, fault)
    expect(await detect(bob.upn)).toEqual({ status: 204, body: undefined, reason: expect.stringMatching(reason) })
  })

  test('Basic only: ActiveSync with a password; IMAP only: what the provider’s table has', async () => {
    const cmdlet = {
      deployment: 'exchange-onprem',
      CmdletName: 'Set-OrganizationConfig',
      Parameters: { OAuth2ClientProfileEnabled: false },
    }
    await lab.call('POST', '/api/exchange/cmdlets', cmdlet)
    expect((await detect(bob.upn)).body).toMatchObject({ services: [], protocols: [{ protocol: 'eas' }] })
    const { body } = await detect('user@mail.example')
    expect(body.protocols.map(({ protocol }: { protocol: string }) => protocol)).toEqual(['imap', 'smtp'])
  })

  test.each(['a@169.254.169.254', 'a@localhost', 'a@127.0.0.1:9000', 'a@dc1.contoso.com', 'a@evil.example'])(
    '%s leads nowhere: only Exchange Online is asked',
    async (address) => {
      expect((await detect(address)).status).toBe(204)
      const asked = (await lab.journal()).filter(({ actor }) => actor === 'autodetect')
      const others = asked.filter(({ deployment }) => deployment !== 'exchange-online')
      expect(others).toEqual([])
    },
  )
})

describe('the cache', () => {
  async function begun(): Promise<{ app: OutlookMobile; token: string; view: Record<string, unknown> }> {
    const app = new OutlookMobile(stack, bob.upn)
    await using browser = await openHttpVisitor(worldOf(stack), 'internet')
    const { access_token: token } = await app.redeem(await signInOnPhone(browser, app.authorizationUrl(), bob))
    return { app, token, view: JSON.parse((await app.provision(token, easUrl)).text) as Record<string, unknown> }
  }

  test.each([
    {
      what: 'its connections break',
      deployment: 'exchange-onprem',
      fault: { match: { path: '/Microsoft-Server-ActiveSync' }, reset: true },
      want: {},
    },
    {
      what: 'it is overloaded',
      deployment: 'exchange-onprem',
      fault: { match: { path: '/Microsoft-Server-ActiveSync' }, status: 503, retryAfterSeconds: 60 },
      want: { reason: 'remoteStatus', remoteStatus: 503 },
    },
    {
      what: 'it answers with a page',
      deployment: 'wap',
      fault: { match: { path: '/Microsoft-Server-ActiveSync' }, status: 200, body: '<html>' },
      want: { reason: 'protocol' },
    },
  ])('the server on-premises: $what, it is said, and tried again by itself', async ({ deployment, fault, want }) => {
    await strike(deployment, fault)
    const { app, token, view } = await begun()
    expect(view).toMatchObject({ status: 'failed', ...want })
    await strike(deployment)
    await lab.clock({ advance: 'PT2M' })
    const after = await app.cloud('GET', `/shadow/v2.0/mailboxes/${view.id}`, token)
    expect(JSON.parse(after.text)).toMatchObject({ status: 'ready' })
  })

  test('its certificate has expired: AutoDetect says so, and the cache waits until there is another', async () => {
    // Kept-open connections have seen the old certificate.
    await using fresh = await startStack()
    const control = labOf(worldOf(fresh))
    const app = new OutlookMobile(fresh, bob.upn)
    await using browser = await openHttpVisitor(worldOf(fresh), 'internet')
    const { access_token: token } = await app.redeem(await signInOnPhone(browser, app.authorizationUrl(), bob))
    const expired = { faults: [{ match: {}, connection: 'expiredCertificate' }] }
    await control.call('PUT', '/api/faults/wap', expired)
    await expect(app.detect()).rejects.toThrow()
    const [event] = (await control.journal()).filter(({ deployment }) => deployment === 'autodetect')
    expect(event).toMatchObject({ status: 204, reasons: [expect.stringContaining('certificate has expired')] })
    const view = JSON.parse((await app.provision(token, easUrl)).text) as { id: string }
    expect(view).toMatchObject({ status: 'failed', reason: 'unreachable' })
    await control.call('PUT', '/api/faults/wap', { faults: [] })
    await control.clock({ advance: 'PT2M' })
    const after = await app.cloud('GET', `/shadow/v2.0/mailboxes/${view.id}`, token)
    expect(JSON.parse(after.text)).toMatchObject({ status: 'ready' })
  })

  test('Entra ID is down when the second token is renewed: that ends nothing', async () => {
    const { app, token, view } = await begun()
    await strike('entra', { match: { path: '/', method: 'POST' }, status: 503 })
    await lab.clock({ advance: 'PT55M' })
    await strike('entra')
    const state = JSON.parse((await app.cloud('GET', `/shadow/v2.0/mailboxes/${view.id}`, token)).text) as {
      reason?: string
    }
    expect(state.reason).not.toBe('signInRequired')
  })
})
