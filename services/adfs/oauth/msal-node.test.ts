import 'reflect-metadata'
import { generateKeyPairSync } from 'node:crypto'
import { ConfidentialClientApplication, type INetworkModule, PublicClientApplication } from '@azure/msal-node'
import { X509CertificateGenerator } from '@peculiar/x509'
import { decodeJwt } from 'jose'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AdfsStage, startAdfs } from '../_stage.ts'
import { alice, answerIn, api, callback, native, secret, server } from './_oauth.ts'

const certified = 'e1000000-0000-4000-8000-000000000003'
let stage: AdfsStage
let certificate: { readonly pem: string; readonly keyPem: string; readonly thumbprint: string }

beforeAll(async () => {
  certificate = await selfSigned()
  stage = await startAdfs((scenario) => ({
    ...scenario,
    adfs: {
      ...scenario.adfs,
      applicationGroups: scenario.adfs.applicationGroups.map((group) => ({
        ...group,
        serverApplications: [
          ...group.serverApplications,
          { name: 'Certified', clientId: certified, redirectUris: [], signingCertificates: [certificate.pem] },
        ],
        webApis: group.webApis.map((each) => ({
          ...each,
          permissions: [...each.permissions, { client: certified, scopes: ['openid'] }],
        })),
      })),
    },
  }))
})

afterAll(() => stage[Symbol.asyncDispose]())

async function selfSigned() {
  const keys = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  const made = await X509CertificateGenerator.createSelfSigned({ name: 'CN=client', keys })
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return {
    pem: made.toString('pem'),
    keyPem: `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----`,
    thumbprint: Buffer.from(await made.getThumbprint('SHA-1')).toString('hex'),
  }
}

const network: INetworkModule = {
  sendGetRequestAsync: (url, options) => send(url, 'GET', options),
  sendPostRequestAsync: (url, options) => send(url, 'POST', options),
}

async function send<T>(url: string, method: 'GET' | 'POST', options?: { headers?: object; body?: string }) {
  const answer = await request(url, {
    dispatcher: stage.agent,
    method,
    headers: { ...options?.headers } as Record<string, string>,
    body: options?.body ?? null,
  })
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]))
  return { status: answer.statusCode, headers, body: (await answer.body.json()) as T }
}

const authority = { authority: 'https://adfs.contoso.com/adfs', knownAuthorities: ['adfs.contoso.com'] }
const system = { system: { networkClient: network } }
const scopes = [`${api}/openid`]

describe('MSAL for Node with an AD FS authority', () => {
  test('signs in with code and PKCE, then silently with its cache', async () => {
    const app = new PublicClientApplication({ auth: { clientId: native, ...authority }, ...system })
    const { verifier, challenge } = await (async () => {
      const { CryptoProvider } = await import('@azure/msal-node')
      return new CryptoProvider().generatePkceCodes()
    })()
    const url = await app.getAuthCodeUrl({
      scopes,
      redirectUri: callback,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
    })
    expect(new URL(url).pathname).toBe('/adfs/oauth2/authorize/')
    const page = await stage.browser().signIn(url, alice.upn, alice.password)
    const code = answerIn(page).get('code') ?? ''
    const result = await app.acquireTokenByCode({ code, scopes, redirectUri: callback, codeVerifier: verifier })
    expect(result.idTokenClaims).toMatchObject({ upn: alice.upn, aud: native })
    expect(decodeJwt(result.accessToken)).toMatchObject({ aud: api, apptype: 'Public' })
    if (!result.account) throw new Error('MSAL has no account')
    const silent = await app.acquireTokenSilent({ account: result.account, scopes, forceRefresh: true })
    expect(silent.fromCache).toBe(false)
    expect(decodeJwt(silent.accessToken)).toMatchObject({ aud: api, upn: alice.upn })
  })

  test('signs in with a device code', async () => {
    const app = new PublicClientApplication({ auth: { clientId: native, ...authority }, ...system })
    const result = await app.acquireTokenByDeviceCode({
      scopes,
      deviceCodeCallback: ({ verificationUri, userCode }) => void enterCode(verificationUri, userCode),
    })
    expect(result?.idTokenClaims).toMatchObject({ upn: alice.upn })
  })

  test('takes user name and password', async () => {
    const app = new PublicClientApplication({ auth: { clientId: native, ...authority }, ...system })
    const result = await app.acquireTokenByUsernamePassword({ scopes, username: alice.upn, password: alice.password })
    expect(result?.account?.username).toBe(alice.upn)
    const wrong = app.acquireTokenByUsernamePassword({ scopes, username: alice.upn, password: 'wrong' })
    await expect(wrong).rejects.toThrow('MSIS9659')
  })

  test('a server application with its secret, and one with its certificate', async () => {
    const byScope = { scopes: [`${api}/.default`] }
    const withSecret = new ConfidentialClientApplication({
      auth: { clientId: server, clientSecret: secret, ...authority },
      ...system,
    })
    const first = await withSecret.acquireTokenByClientCredential(byScope)
    expect(decodeJwt(first?.accessToken ?? '')).toMatchObject({ aud: api, appid: server })
    const { keyPem: privateKey, thumbprint } = certificate
    const withCertificate = new ConfidentialClientApplication({
      auth: { clientId: certified, clientCertificate: { privateKey, thumbprint }, ...authority },
      ...system,
    })
    const second = await withCertificate.acquireTokenByClientCredential(byScope)
    expect(decodeJwt(second?.accessToken ?? '')).toMatchObject({ aud: api, appid: certified })
  })

  test('a certificate that is not registered is refused', async () => {
    const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }) as string
    const { thumbprint } = certificate
    const forger = new ConfidentialClientApplication({
      auth: { clientId: certified, clientCertificate: { privateKey, thumbprint }, ...authority },
      ...system,
    })
    await expect(forger.acquireTokenByClientCredential({ scopes: [`${api}/.default`] })).rejects.toThrow('MSIS9622')
  })
})

async function enterCode(uri: string, userCode: string): Promise<void> {
  const browser = stage.browser()
  const confirmed = await browser.submit(await browser.open(uri), { user_code: userCode }, 'deviceForm')
  await browser.signIn(String(confirmed.headers.location), alice.upn, alice.password)
}
