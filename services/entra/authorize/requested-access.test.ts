import { expect, test } from 'vitest'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { exchangeOnlineId, graphId } from '../applications/first-party.ts'
import { applicationRegistry, indexApplications } from '../applications/registry.ts'
import { scenarioApplications } from '../applications/scenario-applications.ts'
import { readConfig } from '../config.ts'
import { requestedAccess, splitScope } from './requested-access.ts'

const scenario = await loadDefaultScenario()
const index = indexApplications(scenarioApplications(scenario))
const config = readConfig(
  scenario,
  applicationRegistry(() => index),
)
const client = config.applications.byId('a0000000-0000-4000-8000-000000000002')
if (!client) throw new Error('the default world has no Sample Web App')

const access = (version: 1 | 2, scope: string | undefined, resource?: string) =>
  requestedAccess(config.applications, { version, scope, resource, client, tenantName: 'Contoso' })

test.each([
  { scope: 'User.Read', resource: graphId, audience: graphId, scopes: ['User.Read'] },
  {
    scope: 'https://graph.microsoft.com/User.Read openid',
    resource: graphId,
    audience: 'https://graph.microsoft.com',
    scopes: ['User.Read'],
  },
  {
    scope: 'https://graph.microsoft.com//.default',
    resource: graphId,
    audience: 'https://graph.microsoft.com',
    scopes: ['.default'],
  },
  {
    scope: 'https://outlook.office.com/EAS.AccessAsUser.All',
    resource: exchangeOnlineId,
    audience: 'https://outlook.office.com',
    scopes: ['EAS.AccessAsUser.All'],
  },
  {
    scope: 'https://mail.contoso.com/EAS.AccessAsUser.All',
    resource: exchangeOnlineId,
    audience: 'https://mail.contoso.com/',
    scopes: ['EAS.AccessAsUser.All'],
  },
  {
    scope: `${exchangeOnlineId}/.default`,
    resource: exchangeOnlineId,
    audience: exchangeOnlineId,
    scopes: ['.default'],
  },
  {
    scope: 'api://a0000000-0000-4000-8000-000000000004/Tasks.Read',
    resource: 'a0000000-0000-4000-8000-000000000004',
    audience: 'api://a0000000-0000-4000-8000-000000000004',
    scopes: ['Tasks.Read'],
  },
])('v2 scope $scope is for $audience', ({ scope, resource, audience, scopes }) => {
  expect(access(2, scope).resource).toMatchObject({ appId: resource, audience, scopes })
})

test('v2: scopes of OpenID Connect name no resource', () => {
  expect(access(2, 'openid profile offline_access')).toEqual({ openid: ['openid', 'profile', 'offline_access'] })
})

test('v1: the resource is named apart, by URI or id', () => {
  expect(access(1, 'openid', exchangeOnlineId).resource).toMatchObject({
    audience: exchangeOnlineId,
    scopes: ['.default'],
  })
  expect(access(1, undefined, 'https://outlook.office365.com/').resource).toMatchObject({
    audience: 'https://outlook.office365.com',
  })
  expect(access(1, undefined).resource).toBeUndefined()
})

test.each([
  { scope: undefined, resource: undefined, key: 'parameterMissing' },
  { scope: 'User.Read', resource: graphId, key: 'resourceParameterUnsupported' },
  { scope: 'https://nobody.example/Read', resource: undefined, key: 'resourceNotFound' },
  { scope: 'User.Read https://outlook.office.com/Mail.Read', resource: undefined, key: 'scopeSpansResources' },
  { scope: 'https://outlook.office.com/No.Such', resource: undefined, key: 'scopeUnknown' },
  { scope: 'api://a0000000-0000-4000-8000-000000000004/Tasks.Nothing', resource: undefined, key: 'scopeUnknown' },
])('v2: scope $scope and resource $resource are refused as $key', ({ scope, resource, key }) => {
  expect(() => access(2, scope, resource)).toThrowError(expect.objectContaining({ key }))
})

test('the last slash divides a scope, so that an identifier keeps its own', () => {
  expect(splitScope('https://x//.default')).toEqual({ resource: 'https://x/', name: '.default' })
})
