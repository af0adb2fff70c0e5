import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { alice, bob } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'

const open = new AsyncDisposableStack()
const base = 'https://adfs.contoso.com/adfs'
const native = 'e1000000-0000-4000-8000-000000000001'
const api = 'https://api.contoso.com/'
const person = (who: { upn: string; password: string }) => ({
  grant_type: 'password',
  client_id: native,
  resource: api,
  scope: 'openid',
  username: who.upn,
  password: who.password,
})
let world: World
let lab: Lab

beforeAll(async () => {
  const scenario = await loadDefaultScenario()
  const applicationGroups = scenario.adfs.applicationGroups.map((group) => ({
    ...group,
    webApis: group.webApis.map((each) => ({
      ...each,
      accessControlPolicy: { name: 'Permit everyone and require MFA from extranet access', parameters: {} },
      issuanceTransformRules: `${each.issuanceTransformRules}
        c:[Type == "http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork"] => issue(claim = c);`,
    })),
  }))
  const stack = await startStack({ scenario: { ...scenario, adfs: { ...scenario.adfs, applicationGroups } } })
  world = worldOf(open.use(stack))
  lab = labOf(world)
})

afterAll(() => open.disposeAsync())

test('inside: the password grant, with the claims of the directory', async () => {
  await using who = await openHttpVisitor(world, 'corp')
  const answer = JSON.parse((await who.post(`${base}/oauth2/token`, person(alice))).html)
  expect(decodeJwt(answer.access_token)).toMatchObject({
    upn: alice.upn,
    'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork': 'true',
  })
})

test('outside, through the proxy: discovery, keys; the policy of the Web API wants a second factor', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  const discovery = JSON.parse((await who.open(`${base}/.well-known/openid-configuration`)).html)
  expect(discovery).toMatchObject({ issuer: base, token_endpoint: `${base}/oauth2/token/` })
  expect(JSON.parse((await who.open(discovery.jwks_uri)).html).keys).toHaveLength(1)
  const refused = JSON.parse((await who.post(discovery.token_endpoint, person(alice))).html)
  expect(refused).toMatchObject({ error: 'invalid_grant' })
})

test('outside, as a device: the code, the form, the second factor, the token', async () => {
  await using who = await openHttpVisitor(world, 'internet')
  const asked = { client_id: native, resource: api, scope: 'openid' }
  const device = JSON.parse((await who.post(`${base}/oauth2/devicecode`, asked)).html)
  const form = await who.submit(await who.open(device.verification_uri_complete))
  const mfa = await who.submit(form, { UserName: bob.upn, Password: bob.password })
  const done = await who.submit(mfa, { VerificationCode: await lab.totpCode(bob.upn) })
  expect(done.html).toContain('You have signed in to Sample Native App on your device.')
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.device_code }
  const answer = JSON.parse((await who.post(`${base}/oauth2/token`, { ...grant, client_id: native })).html)
  expect(decodeJwt(answer.access_token)).toMatchObject({
    upn: bob.upn,
    authmethod: expect.arrayContaining(['http://schemas.microsoft.com/claims/multipleauthn']),
    'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork': 'false',
  })
})
