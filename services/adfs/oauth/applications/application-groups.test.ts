import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../../_stage.ts'
import { alice, authorizeUrl, tokenRequest } from '../_oauth.ts'

let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
})

afterAll(() => stage[Symbol.asyncDispose]())

const clientId = 'e1000000-0000-4000-8000-00000000000a'
const group = {
  name: 'Invoices',
  serverApplications: [
    { name: 'Invoices', clientId, secret: 'Invoice-Secret-1', redirectUris: ['http://localhost:4000/'] },
  ],
  webApis: [
    { name: 'Invoice API', identifiers: ['urn:invoices'], permissions: [{ client: clientId, scopes: ['openid'] }] },
  ],
}
const request = {
  grant_type: 'password',
  client_id: clientId,
  client_secret: 'Invoice-Secret-1',
  resource: 'urn:invoices',
  username: alice.upn,
  password: alice.password,
}
const put = (json: object) => stage.manage('/application-groups', { method: 'PUT', json })

test('an application group is added, changed and removed while the farm runs; a reset brings the scenario back', async () => {
  expect((await tokenRequest(stage, request)).body.error).toBe('invalid_client')
  expect((await put(group)).status).toBe(200)
  expect((await tokenRequest(stage, request)).status).toBe(200)
  const listed = JSON.stringify((await stage.manage('/application-groups')).json)
  expect(listed).toContain('"hasSecret":true')
  expect(listed).not.toContain('Invoice-Secret-1')
  await put({ ...group, webApis: [{ ...group.webApis[0], enabled: false }] })
  expect((await tokenRequest(stage, request)).body.error).toBe('invalid_resource')
  expect((await stage.manage('/application-groups/Invoices', { method: 'DELETE' })).status).toBe(200)
  expect((await stage.manage('/application-groups/Invoices', { method: 'DELETE' })).status).toBe(404)
  await stage.manage('/application-groups/Sample%20OAuth%20Applications', { method: 'DELETE' })
  expect((await stage.browser().open(authorizeUrl())).html).toContain('MSIS9223')
  await stage.reset()
  expect((await stage.browser().open(authorizeUrl())).html).toContain('id="loginForm"')
})

test.each([
  { change: { name: 'Other' }, status: 409, why: 'taken' },
  { change: { webApis: [{ ...group.webApis[0], issuanceTransformRules: 'c:[' }] }, status: 400, why: 'line 1' },
  { change: { webApis: [{ ...group.webApis[0], identifiers: [] }] }, status: 400, why: 'identifiers' },
])('what cannot be is refused, and changes nothing: $why', async ({ change, status, why }) => {
  await put(group)
  const answer = await put({ ...group, ...change })
  expect(answer.status).toBe(status)
  expect(JSON.stringify(answer.json)).toContain(why)
  expect((await tokenRequest(stage, request)).status).toBe(200)
})
