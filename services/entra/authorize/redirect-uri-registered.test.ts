import { expect, test } from 'vitest'
import type { Application } from '../applications/application.ts'
import { registeredRedirect } from './redirect-uri-registered.ts'

const client: Application = {
  appId: 'a0000000-0000-4000-8000-000000000001',
  displayName: 'Sample',
  origin: 'tenant',
  multiTenant: false,
  redirectUris: {
    web: ['https://app.example/cb', 'http://localhost:3000/signin'],
    spa: ['https://spa.example/'],
    publicClient: ['http://localhost', 'msauth://com.example/abc%3D', 'http://127.0.0.1/done'],
  },
  fallbackPublic: false,
  secrets: [],
  certificates: [],
  appRoles: [],
  identifierUris: [],
  scopes: [],
  implicit: { idToken: false, accessToken: false },
  accessTokenVersion: 2,
  requiredScopes: [],
  servicePrincipal: undefined,
  administratorScopes: [],
  preAuthorized: [],
  requiredRoles: [],
  claims: { groups: 'none', idToken: [], accessToken: [] },
  family: false,
}

test.each([
  { given: 'https://app.example/cb', kind: 'web' },
  { given: 'https://spa.example/', kind: 'spa' },
  { given: 'msauth://com.example/abc%3D', kind: 'publicClient' },
  { given: 'http://localhost', kind: 'publicClient' },
  { given: 'http://localhost:51234', kind: 'publicClient' },
  { given: 'http://localhost:51234/', kind: 'publicClient' },
  { given: 'http://localhost:8080/signin', kind: 'web' },
  { given: 'http://127.0.0.1:9/done', kind: 'publicClient' },
])('$given is registered ($kind)', ({ given, kind }) => {
  expect(registeredRedirect(client, given)).toEqual({ uri: given, kind })
})

test.each([
  { given: 'https://app.example/CB', why: 'the case of the path' },
  { given: 'https://app.example/cb/', why: 'a slash more' },
  { given: 'https://app.example/cb?x=1', why: 'a query' },
  { given: 'https://app.example:444/cb', why: 'the port of a host that is not loopback' },
  { given: 'https://app.example.evil.example/cb', why: 'a longer host' },
  { given: 'http://localhost.evil.example/', why: 'a host that begins with localhost' },
  { given: 'http://localhost@evil.example/', why: 'localhost as user name' },
  { given: 'https://localhost:3000/signin', why: 'the scheme' },
  { given: 'http://localhost:3000/other', why: 'the path on loopback' },
  { given: 'http://localhost:3000/other/../signin', why: 'a path that climbs' },
  { given: 'http://localhost:3000/%73ignin', why: 'another spelling of the path' },
  { given: 'http://LOCALHOST:3000/signin', why: 'the case of the host' },
  { given: 'http://localhost:3000/signin?x=1', why: 'a query on loopback' },
  { given: 'http://localhost:3000/signin#x', why: 'a fragment on loopback' },
  { given: 'http://localhost:3000/signin\nx', why: 'a line break' },
])('$given is not: $why', ({ given }) => {
  expect(() => registeredRedirect(client, given)).toThrowError(expect.objectContaining({ key: 'replyAddressMismatch' }))
})

test('the first registered one is taken when the request names none', () => {
  expect(registeredRedirect(client, undefined)).toEqual({ uri: 'https://app.example/cb', kind: 'web' })
})

test('a client without any is told so (AADSTS500113)', () => {
  const bare = { ...client, redirectUris: { web: [], spa: [], publicClient: [] } }
  expect(() => registeredRedirect(bare, undefined)).toThrowError(expect.objectContaining({ code: 'AADSTS500113' }))
})
