import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'

let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
})

afterAll(() => stage[Symbol.asyncDispose]())

async function get(path: string, deployment: string | undefined = 'wap') {
  const authorization = deployment && { authorization: `Bearer ${await stage.machineToken(deployment)}` }
  return stage.browser('inside', { ...authorization }).open(path)
}

test('the proxy reads which trusts there are ([MS-ADFSPIP] §3.3)', async () => {
  const answer = await get('/adfs/proxy/RelyingPartyTrusts?api-version=1')
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json;charset=UTF-8',
    'cache-control': 'no-store',
  })
  expect(JSON.parse(answer.html)).toContainEqual({
    objectIdentifier: 'e0000000-0000-4000-8000-000000000002',
    name: 'Outlook on the web',
    publishedThroughProxy: true,
    nonClaimsAware: false,
    enabled: true,
  })
})

test('and one of them in full', async () => {
  const answer = await get('/adfs/proxy/RelyingPartyTrusts/E0000000-0000-4000-8000-000000000002?api-version=1')
  expect(JSON.parse(answer.html)).toMatchObject({
    identifiers: ['https://mail.contoso.com/owa/'],
    proxyTrustedEndpoints: ['https://mail.contoso.com/owa'],
    proxyEndpointMappings: [],
  })
})

test.each([
  { path: '/adfs/proxy/RelyingPartyTrusts', deployment: 'wap', status: 500 },
  { path: '/adfs/proxy/RelyingPartyTrusts?api-version=9', deployment: 'wap', status: 501 },
  { path: '/adfs/proxy/RelyingPartyTrusts/x?api-version=1', deployment: 'wap', status: 404 },
  { path: '/adfs/proxy/RelyingPartyTrusts?api-version=1', deployment: 'exchange-onprem', status: 401 },
  { path: '/adfs/proxy/RelyingPartyTrusts?api-version=1', deployment: '', status: 401 },
])('$path for "$deployment" is $status', async ({ path, deployment, status }) => {
  expect(await get(path, deployment)).toMatchObject({ status, html: '' })
})
