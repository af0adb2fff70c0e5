import { Agent, buildConnector, type Dispatcher, ProxyAgent, request } from 'undici'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { authorizeUrl, native } from '#services/adfs/oauth/_oauth.ts'
import { type Stack, startStack } from '#services/stack.ts'
import { managementHeader } from '#shared/stack/management.ts'
import { HttpVisitor } from '#test/actors/http-visitor.ts'
import { type Lab, labOf } from '#test/actors/lab.ts'
import { OutlookMobile, signInOnPhone } from '#test/actors/outlook-mobile.ts'
import { alice, bob } from '#test/actors/people.ts'
import { worldOf } from '#test/actors/world.ts'
import { createDatabase } from './server.ts'

const open = new AsyncDisposableStack()
const adfs = 'https://adfs.contoso.com'
const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'
let stack: Stack
let lab: Lab

beforeAll(async () => {
  const store = await createDatabase(inject('postgres'), 'farm')
  stack = open.use(await startStack({ store, replicas: { adfs: 2, wap: 2, 'exchange-online': 2 } }))
  lab = labOf(worldOf(stack))
})
afterAll(() => open.disposeAsync())

/** Every request on a connection of its own: the next one goes to the other server. */
function visitor(zone: 'internet' | 'corp'): HttpVisitor {
  const brief = { keepAliveTimeout: 1, keepAliveMaxTimeout: 1 }
  const agent = new ProxyAgent({ uri: stack.proxy(zone), requestTls: { ca: stack.authority.caPem }, ...brief })
  open.defer(() => agent.destroy())
  return new HttpVisitor(agent)
}

/** A way to each server of a deployment. */
function serversOf(deployment: string): readonly Dispatcher[] {
  return stack.deployments
    .filter(({ plan }) => plan.name === deployment)
    .map(({ https: { host, port } }) => {
      const dial = buildConnector({ ca: stack.authority.caPem })
      const place = { hostname: host, port: String(port) }
      const agent = new Agent({
        connect: (target, done) => dial({ ...target, ...place, servername: target.hostname }, done),
      })
      open.defer(() => agent.destroy())
      return agent
    })
}

async function managed(deployment: string, path: string, init: RequestInit = {}): Promise<readonly unknown[]> {
  const servers = stack.deployments.filter(({ plan }) => plan.name === deployment)
  const headers = { [managementHeader]: '1', 'content-type': 'application/json' }
  return Promise.all(
    servers.map(async ({ management: { host, port } }) => {
      const answer = await fetch(`http://${host}:${port}${path}`, { ...init, headers })
      return answer.json()
    }),
  )
}

test('AD FS: a code that one server issued is redeemed at another, and at none again', async () => {
  const who = visitor('corp')
  const form = await who.open(`${adfs}${authorizeUrl({ redirect_uri: outOfBand })}`)
  const { url } = await who.submit(form, { UserName: alice.upn, Password: alice.password })
  expect(url.startsWith(outOfBand)).toBe(true)
  const code = new URL(url).searchParams.get('code') ?? ''
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: native,
    redirect_uri: outOfBand,
    code,
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answers = await Promise.all(
    [...serversOf('adfs'), ...serversOf('adfs')].map(async (dispatcher) => {
      const post = { dispatcher, method: 'POST', headers, body: body.toString() } as const
      const answer = await request(`${adfs}/adfs/oauth2/token/`, post)
      return {
        status: answer.statusCode,
        json: (await answer.body.json()) as { error?: string; access_token?: string },
      }
    }),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400])
  expect(answers.flatMap(({ json }) => json.error ?? [])).toEqual(Array(3).fill('invalid_grant'))
})

test('AD FS: wrong passwords at either server count for the account, and lock it out at both', async () => {
  const extranetLockout = { enabled: true, mode: 'ADFSSmartLockoutEnforce', threshold: 4, observationWindowMinutes: 30 }
  const [first] = stack.deployments.filter(({ plan }) => plan.name === 'adfs')
  await fetch(`http://${first?.management.host}:${first?.management.port}/properties`, {
    method: 'PATCH',
    headers: { [managementHeader]: '1', 'content-type': 'application/json' },
    body: JSON.stringify({ extranetLockout }),
  })
  const attempt = async (password: string) => {
    const who = visitor('internet')
    const form = await who.open(`${adfs}/adfs/ls/?wa=wsignin1.0&wtrealm=urn:sample:wsfed`)
    return (await who.submit(form, { UserName: alice.upn, Password: password })).html
  }
  for (let each = 0; each < 4; each += 1)
    expect(await attempt(`Wrong-${each}`)).toContain('Incorrect user ID or password')
  expect(await attempt(alice.password)).toContain('Incorrect user ID or password')
  for (const activity of await managed('adfs', `/account-activity/${alice.upn}`))
    expect(activity).toMatchObject({ badPwdCountUnknown: 4, unknownLockout: true })
  await lab.reset()
})

test('Web Application Proxy: an authToken is accepted by one server once, an access by both', async () => {
  const who = visitor('internet')
  const form = await who.open('https://mail.contoso.com/owa/')
  const code = await who.submit(form, { UserName: bob.upn, Password: bob.password })
  await who.submit(code, { otc: await lab.totpCode(bob.upn), VerificationCode: await lab.totpCode(bob.upn) })
  const locations = who.visits.map(({ headers }) => String(headers.location ?? ''))
  const [used = ''] = locations.filter((location) => location.includes('authToken='))
  expect(used).not.toBe('')
  const cookie = who.cookieHeader('https://mail.contoso.com/owa/')
  expect(cookie).toContain('EdgeAccessCookie')
  for (const dispatcher of serversOf('wap')) {
    const again = await request(used, { dispatcher })
    await again.body.dump()
    expect([again.statusCode, String(again.headers['set-cookie'])]).toEqual([
      307,
      expect.not.stringContaining('EdgeAccess'),
    ])
    const letIn = await request('https://mail.contoso.com/owa/', { dispatcher, headers: { cookie } })
    await letIn.body.dump()
    expect(letIn.statusCode).not.toBe(307)
  }
})

test('Exchange Online: servers that are asked at once synchronize a cached mailbox one after the other', async () => {
  const app = new OutlookMobile(stack, bob.upn)
  const pairs = await app.redeem(await signInOnPhone(visitor('internet'), app.authorizationUrl(), bob))
  const { access_token: token } = pairs
  const provisioned = await app.provision(token, 'https://mail.contoso.com/Microsoft-Server-ActiveSync')
  const { id } = JSON.parse(provisioned.text) as { id: string }
  const path = `/shadow/v2.0/mailboxes/${id}`
  const answers = await Promise.all(Array.from({ length: 8 }, () => app.cloud('POST', `${path}/synchronize`, token)))
  for (const { status, text } of answers)
    expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining({ status: 'ready' })])
  const asked = (await stack.journal({ deployment: 'exchange-onprem', user: bob.upn })).filter(
    ({ path: at }) => at === '/Microsoft-Server-ActiveSync',
  )
  const spans = asked.map(({ time, durationMs }) => ({ from: Date.parse(time) - durationMs, to: Date.parse(time) }))
  spans.sort((one, other) => one.from - other.from)
  expect(spans.length).toBeGreaterThan(10)
  for (const [index, span] of spans.slice(1).entries()) expect(span.from).toBeGreaterThan((spans[index]?.to ?? 0) - 5)
})
