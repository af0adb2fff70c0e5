import { request } from 'node:https'
import { type Stack, startStack } from 'fauxchange'
import { fauxchangeMatchers } from 'fauxchange/vitest'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** A contract test: what an application counts on, said of the stack. */
expect.extend(fauxchangeMatchers)

let stack: Stack

beforeAll(async () => {
  stack = await startStack()
}, 60_000)
afterAll(() => stack.stop())

test('there is no token for a resource that the tenant does not have, and Entra ID says why', async () => {
  const answer = await tokenFor('https://nowhere.example')
  expect(answer).toMatchObject({ error_codes: [500011] })
  await expect(stack).toHaveRefused({ deployment: 'entra', reason: /nowhere/ })
})

test('and there is one for Microsoft Graph', async () => {
  expect(await tokenFor('https://graph.microsoft.com')).toMatchObject({ token_type: 'Bearer' })
  await expect(stack).not.toHaveWalked('WEB-ONLINE')
})

/** What the application does; here in the words of Node, through TLS by server name. */
async function tokenFor(resource: string): Promise<unknown> {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'a0000000-0000-4000-8000-000000000005',
    scope: `${resource}/.default`,
    client_secret: 'sample-daemon-secret',
  }
  const gateway = stack.gateways.internet
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port: gateway?.tlsPort,
      servername: 'login.microsoftonline.com',
      headers: { host: 'login.microsoftonline.com', 'content-type': 'application/x-www-form-urlencoded' },
      path: '/contoso.com/oauth2/v2.0/token',
      method: 'POST',
      ca: stack.ca,
    })
    asked.once('error', reject).once('response', async (response) => {
      resolve(JSON.parse((await response.toArray()).join('')))
    })
    asked.end(new URLSearchParams(form).toString())
  })
}
