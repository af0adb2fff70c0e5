import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { get } from './_oauth.ts'

const host = 'https://adfs.contoso.com'
const trustedRealm = 'http://schemas.microsoft.com/rel/trusted-realm'
const issuer = 'http://openid.net/specs/connect/1.0/issuer'
let stage: AdfsStage

beforeAll(async () => {
  stage = await startAdfs()
})

afterAll(() => stage[Symbol.asyncDispose]())

test('MSAL validates the authority: the host it asks about is a trusted realm, written as it was asked', async () => {
  // As MSAL.NET writes it: nothing is escaped.
  const answer = await get(stage, `/.well-known/webfinger?rel=${trustedRealm}&resource=${host}`)
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/jrd+json; charset=utf-8' } })
  expect(answer.body).toEqual({ subject: host, links: [{ rel: trustedRealm, href: host }] })
})

test.each([
  { resource: `${host}/adfs`, rel: '', links: { [trustedRealm]: `${host}/adfs`, [issuer]: `${host}/adfs` } },
  { resource: 'acct:alice@contoso.com', rel: `&rel=${issuer}`, links: { [issuer]: `${host}/adfs` } },
  { resource: 'acct:alice@contoso.com', rel: `&rel=${trustedRealm}`, links: {} },
  {
    resource: host,
    rel: `&rel=${issuer}&rel=${trustedRealm}`,
    links: { [trustedRealm]: host, [issuer]: `${host}/adfs` },
  },
])('$resource$rel (RFC 7033 §4.3)', async ({ resource, rel, links }) => {
  const { status, body } = await get(stage, `/.well-known/webfinger?resource=${encodeURIComponent(resource)}${rel}`)
  const found = (body as { links: readonly { rel: string; href: string }[] }).links
  expect(status).toBe(200)
  expect(Object.fromEntries(found.map((each) => [each.rel, each.href]))).toEqual(links)
})

test.each([
  { query: '', text: /'resource' parameter is missing/ },
  { query: `?resource=${host}&resource=${host}`, text: /multiple times/ },
  { query: '?resource=https://evil.example', text: /'resource' parameter is invalid/ },
  { query: '?resource=acct:', text: /'resource' parameter is invalid/ },
])('refuses "$query" (RFC 7033 §4.2)', async ({ query, text }) => {
  const { status, body } = await get(stage, `/.well-known/webfinger${query}`)
  expect(status).toBe(400)
  expect((body as { error_description: string }).error_description).toMatch(text)
})
