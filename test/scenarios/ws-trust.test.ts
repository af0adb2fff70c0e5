import { createRequire } from 'node:module'
import { type INetworkModule, type NetworkRequestOptions, PublicClientApplication } from '@azure/msal-node'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { labOf } from '../actors/lab.ts'
import { alice, peggy } from '../actors/people.ts'
import { requestThrough } from '../actors/request-through.ts'
import { TunnelAgent } from '../actors/tunnel-agent.ts'
import { worldOf } from '../actors/world.ts'

interface AdalContext {
  options: object
  acquireTokenWithUsernamePassword(
    resource: string,
    userName: string,
    password: string,
    clientId: string,
    callback: (error: Error | null, response: { accessToken: string; userId: string }) => void,
  ): void
}

// Its date-utils puts another Date.parse, which takes a thirteenth month, into the process that tests share.
const { parse } = Date
// adal-node is CommonJS and drags its own types of axios in.
const { AuthenticationContext, MemoryCache } = createRequire(import.meta.url)('adal-node') as {
  AuthenticationContext: new (authority: string, validateAuthority: boolean, cache: object) => AdalContext
  MemoryCache: new () => object
}
Date.parse = parse

const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
const graph = 'https://graph.microsoft.com'
const open = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = open.use(await startStack())
})

afterAll(() => open.disposeAsync())

/** Federated: user realm, metadata, usernamemixed, and the SAML bearer grant; managed: the password grant. */
function acquireToken(userName: string, password: string, zone: 'internet' | 'corp', there = stack): Promise<string> {
  const context = new AuthenticationContext('https://login.microsoftonline.com/contoso.com', true, new MemoryCache())
  context.options = { http: { httpsAgent: new TunnelAgent(there, zone), proxy: false } }
  return new Promise((resolve, reject) => {
    context.acquireTokenWithUsernamePassword(graph, userName, password, azureCli, (error, response) =>
      error ? reject(error) : resolve(response.accessToken),
    )
  })
}

test.each(['internet', 'corp'] as const)(
  'adal-node signs a federated user in with a password from %s',
  async (zone) => {
    const claims = decodeJwt(await acquireToken(alice.upn, alice.password, zone))
    expect(claims).toMatchObject({ upn: alice.upn, aud: graph, amr: ['pwd'] })
    const events = await labOf(worldOf(stack)).journal()
    const issued = events.findLast(
      (event) => event.deployment === 'adfs' && event.path === '/adfs/services/trust/13/usernamemixed',
    )
    expect(issued).toMatchObject({ user: alice.upn, decisions: expect.arrayContaining(['tokenIssued']) })
  },
)

test('adal-node tells of a wrong password what AD FS says', async () => {
  await expect(acquireToken(alice.upn, 'wrong', 'internet')).rejects.toThrow(/ID3242/)
})

test('a policy of AD FS that demands MFA ends the sign-in: WS-Trust has no page to ask on', async () => {
  const demanding = { name: 'Permit everyone and require MFA', parameters: {} } as const
  const scenario = await loadDefaultScenario()
  const relyingParties = scenario.adfs.relyingParties.map((each) => ({ ...each, accessControlPolicy: demanding }))
  await using strict = await startStack({ scenario: { ...scenario, adfs: { ...scenario.adfs, relyingParties } } })
  await expect(acquireToken(alice.upn, alice.password, 'internet', strict)).rejects.toThrow(/MSIS3127/)
})

/** What msal-node sends, sent through the gateway. */
function networkClient(zone: 'internet' | 'corp'): INetworkModule {
  const send = async (method: 'GET' | 'POST', url: string, options?: NetworkRequestOptions) => {
    const { headers = {}, body = '' } = options ?? {}
    const answer = await requestThrough(stack, zone, url, { method, headers, ...(method === 'POST' && { body }) })
    return { headers: {}, status: answer.status, body: JSON.parse(answer.text) }
  }
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  }
}

test('msal-node does not speak WS-Trust: Entra ID knows no password of a federated user (AADSTS50126)', async () => {
  const msal = new PublicClientApplication({
    auth: { clientId: azureCli, authority: 'https://login.microsoftonline.com/organizations' },
    system: { networkClient: networkClient('internet') },
  })
  const scopes = [`${graph}/User.Read`]
  const signIn = ({ upn: username, password }: { upn: string; password: string }) =>
    msal.acquireTokenByUsernamePassword({ scopes, username, password })
  await expect(signIn(alice)).rejects.toMatchObject({ errorCode: 'invalid_grant', errorNo: 50126 })
  expect((await signIn(peggy))?.account?.username).toBe(peggy.upn)
})

test('adal-node signs a managed user in without AD FS', async () => {
  expect(decodeJwt(await acquireToken(peggy.upn, peggy.password, 'internet'))).toMatchObject({ upn: peggy.upn })
})
