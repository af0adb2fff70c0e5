import {
  AuthenticationRequiredError,
  ClientCertificateCredential,
  ClientSecretCredential,
  DeviceCodeCredential,
  OnBehalfOfCredential,
  type TokenCredentialOptions,
  UsernamePasswordCredential,
} from '@azure/identity'
import { decodeJwt, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningKey } from '#certs/authority.ts'
import { TunnelAgent } from '#test/actors/tunnel-agent.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'
import { clientKeys, worldWithCertificate } from '../token/_client-certificate.ts'
import { apps, tenantId } from '../token/_token-requests.ts'
import { azureCli, consentedWorld, signInAt } from './_microsoft-clients.ts'

type SendRequest = NonNullable<TokenCredentialOptions['additionalPolicies']>[number]['policy']['sendRequest']

const open = new AsyncDisposableStack()
const graphScope = 'https://graph.microsoft.com/.default'
let authority: TestAuthority
let key: SigningKey

beforeAll(async () => {
  ;[key] = await clientKeys('azure-identity')
  authority = open.use(await openAuthority({ scenario: await consentedWorld(await worldWithCertificate(key)) }))
})

afterAll(() => open.disposeAsync())

/** The machine's proxy and CA; everything else is left as it comes. */
function machine(): TokenCredentialOptions {
  return { agent: new TunnelAgent(authority.stack, 'internet') } as TokenCredentialOptions
}

test('ClientSecretCredential', async () => {
  const credential = new ClientSecretCredential(tenantId, apps.web, apps.webSecret, machine())
  const { token, expiresOnTimestamp } = await credential.getToken(graphScope)
  expect(decodeJwt(token)).toMatchObject({ appid: apps.web, appidacr: '1', idtyp: 'app' })
  expect(expiresOnTimestamp).toBeGreaterThan(authority.stack.clock.now().getTime())
  const wrong = new ClientSecretCredential(tenantId, apps.web, 'wrong', machine())
  await expect(wrong.getToken(graphScope)).rejects.toThrow(/AADSTS7000215/)
})

test('ClientCertificateCredential', async () => {
  const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }) + key.certificatePem
  const credential = new ClientCertificateCredential(tenantId, apps.tasks, { certificate: pem }, machine())
  expect(decodeJwt((await credential.getToken(graphScope)).token)).toMatchObject({ appid: apps.tasks, appidacr: '2' })
})

test('OnBehalfOfCredential: for the API that was called, and for nobody else', async () => {
  const person = new UsernamePasswordCredential(tenantId, azureCli, peggy.upn, peggy.password, machine())
  const mine = `api://${apps.web}/access_as_user`
  await expect(person.getToken(mine)).rejects.toThrow(/AADSTS650053/)
  const { token: userAssertionToken } = await person.getToken(`api://${apps.tasks}/Tasks.Read`)
  // The token is for the Sample Tasks API, not for whoever presents it here.
  const options = { tenantId, clientId: apps.web, clientSecret: apps.webSecret, userAssertionToken, ...machine() }
  await expect(new OnBehalfOfCredential(options).getToken(graphScope)).rejects.toThrow(/AADSTS500131/)
  const getAssertion = async () => signedAssertion()
  const middle = new OnBehalfOfCredential({
    tenantId,
    clientId: apps.tasks,
    getAssertion,
    userAssertionToken,
    ...machine(),
  })
  expect(decodeJwt((await middle.getToken(graphScope)).token)).toMatchObject({
    appid: apps.tasks,
    appidacr: '2',
    upn: peggy.upn,
  })
})

/** As a program would sign it that keeps its key elsewhere. */
function signedAssertion(): Promise<string> {
  const seconds = authority.stack.clock.seconds()
  return new SignJWT({ jti: 'once' })
    .setProtectedHeader({ alg: 'RS256', x5t: key.x5t })
    .setIssuer(apps.tasks)
    .setSubject(apps.tasks)
    .setAudience(`https://login.microsoftonline.com/${tenantId}/v2.0`)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + 600)
    .sign(key.privateKey)
}

test('UsernamePasswordCredential', async () => {
  const credential = new UsernamePasswordCredential(tenantId, azureCli, peggy.upn, peggy.password, machine())
  expect(decodeJwt((await credential.getToken(graphScope)).token)).toMatchObject({ upn: peggy.upn, appid: azureCli })
  const wrong = new UsernamePasswordCredential(tenantId, azureCli, peggy.upn, 'wrong', machine())
  await expect(wrong.getToken(graphScope)).rejects.toThrow(/AADSTS50126/)
})

test('DeviceCodeCredential: the code of its prompt, typed elsewhere', async () => {
  let signedIn: Promise<unknown> = Promise.resolve()
  const holdBack: SendRequest = async (request, next) => {
    if (request.url.endsWith('/token')) await signedIn
    return next(request)
  }
  const credential = new DeviceCodeCredential({
    ...machine(),
    // The first poll comes when the sign-in is over, so that nobody waits.
    additionalPolicies: [{ position: 'perCall', policy: { name: 'patience', sendRequest: holdBack } }],
    tenantId,
    userPromptCallback: ({ userCode, verificationUri, message }) => {
      expect(message).toContain(userCode)
      signedIn = signInAt(authority, verificationUri, { otc: userCode })
    },
  })
  const { token } = await credential.getToken(graphScope)
  expect(decodeJwt(token)).toMatchObject({ upn: peggy.upn, appid: azureCli })
  // Silent from now on, and a policy that wants a person says so by its class.
  expect((await credential.getToken(graphScope)).token).toBe(token)
  const silentOnly = new DeviceCodeCredential({ ...machine(), tenantId, disableAutomaticAuthentication: true })
  await expect(silentOnly.getToken(graphScope)).rejects.toBeInstanceOf(AuthenticationRequiredError)
})
