import { expect, test } from 'vitest'
import type { Scenario } from '#shared/scenario/world.ts'
import { demands, policyOf } from '../conditional-access/_policies.ts'
import { apps, claimsOf, type MobileWorld, openMobileWorld } from './_mobile.ts'

const tasks = 'a0000000-0000-4000-8000-000000000004'

/** The sample API may read people's profiles. */
function consented(scenario: Scenario): Scenario {
  const { entra } = scenario
  const applications = entra.applications.map((each) =>
    each.appId === tasks ? { ...each, adminConsented: true } : each,
  )
  return { ...scenario, entra: { ...entra, applications } }
}

async function onBehalfOf(world: MobileWorld, assertion: string) {
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', requested_token_use: 'on_behalf_of' }
  const client = { client_id: tasks, client_secret: 'sample-tasks-api-secret' }
  const scope = 'https://graph.microsoft.com/User.Read offline_access'
  const path = '/fabrikam.com/oauth2/v2.0/token'
  return world.token({ ...grant, ...client, assertion, scope }, { 'user-agent': 'a middle tier' }, path)
}

test('an API acts with the device and the app of the person who called it', async () => {
  const policy = policyOf({
    displayName: 'Approved app for Graph',
    grant: demands(['approvedApplication']),
    applications: { includeApplications: [apps.graph] },
    conditions: { platforms: { includePlatforms: ['android'] } },
  })
  await using world = await openMobileWorld([policy], consented)
  const { device, deviceId } = await world.phone()
  const webView = world.webView({ device })
  await world.signIn(webView, { resource: apps.graph })
  const tokenOf = async (client: string) => {
    const ask = { client, resource: `api://${tasks}` }
    return (await world.redeem(await webView.open(world.authorizeUrl(ask)), ask)).body.access_token ?? ''
  }
  const { status, body } = await onBehalfOf(world, await tokenOf(apps.outlook))
  expect(status).toBe(200)
  expect(claimsOf(body.access_token)).toMatchObject({ deviceid: deviceId, appid: tasks })
  const renewal = { grant_type: 'refresh_token', client_id: tasks, client_secret: 'sample-tasks-api-secret' }
  const renewed = await world.token({ ...renewal, refresh_token: body.refresh_token ?? '', resource: apps.graph })
  expect(renewed.status).toBe(200)
  // The broker is no approved app, whoever acts on its behalf.
  const refused = await onBehalfOf(world, await tokenOf(apps.broker))
  expect(refused.body).toMatchObject({
    error_codes: [53002],
    suberror: 'additional_action',
    claims: expect.any(String),
  })
})
