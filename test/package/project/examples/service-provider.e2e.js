import { createServer } from 'node:http'
import { SAML } from '@node-saml/node-saml'
import { test as base, expect } from '@playwright/test'
import { fauxchangeFixtures } from 'fauxchange/playwright'

const trustName = 'Orders'
const entityId = 'https://orders.example/saml'

/** An application under test: a page for those whom AD FS has vouched for, by node-saml. */
const test = base.extend({
  ...fauxchangeFixtures(),
  application: async ({ stack }, use) => {
    const server = createServer((request, response) => void answer(request, response).catch(refuse(response)))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${server.address().port}`
    const saml = await serviceProvider(stack, origin)
    await use(origin)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))

    async function answer(request, response) {
      if (request.method !== 'POST') {
        return response.writeHead(302, { location: await saml.getAuthorizeUrlAsync('', undefined, {}) }).end()
      }
      const form = new URLSearchParams((await request.toArray()).join(''))
      const { profile } = await saml.validatePostResponseAsync(Object.fromEntries(form))
      return response.end(`Orders of ${profile.nameID}`)
    }
  },
})

const refuse = (response) => (error) => response.writeHead(403).end(`Refused: ${error.message}`)

/** The trust in AD FS, and a service provider that believes its certificate and no other. */
async function serviceProvider(stack, origin) {
  await stack.lab.call('POST', '/api/adfs/relying-parties', {
    name: trustName,
    identifiers: [entityId],
    protocolProfile: 'SAML',
    samlEndpoints: [{ protocol: 'SAMLAssertionConsumer', binding: 'POST', uri: origin, isDefault: true }],
    accessControlPolicy: { name: 'Permit everyone' },
    issuanceTransformRules: `c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"]
      => issue(Type = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", Value = c.Value);`,
  })
  const { signing } = await stack.lab.call('GET', '/api/adfs/certificates')
  return new SAML({
    entryPoint: 'https://adfs.contoso.com/adfs/ls/',
    idpCert: signing[0].certificate,
    issuer: entityId,
    callbackUrl: origin,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    wantAuthnResponseSigned: false,
  })
}

test('who has signed in at AD FS is known by name', async ({ application, signedIn }) => {
  const profile = await signedIn('alice@contoso.com', { url: application })
  const page = await profile.newPage()
  await page.goto(application)
  await expect(page.locator('body')).toHaveText('Orders of alice@contoso.com')
})

for (const { fault, because } of [
  { fault: 'adfs-wrong-audience', because: 'SAML assertion audience mismatch' },
  { fault: 'adfs-wrong-signature', because: 'Invalid signature' },
]) {
  test(`${fault}: nobody gets in`, async ({ application, signedIn, stack }) => {
    await stack.lab.call('POST', `/api/fault-catalogue/${fault}`, {})
    const profile = await signedIn('alice@contoso.com', { url: application })
    const page = await profile.newPage()
    await page.goto(application)
    await expect(page.locator('body')).toContainText(`Refused: ${because}`)
  })
}
