import { createRequire } from 'node:module'
import type { TestSigner } from '#shared/saml/_signers.ts'
import type { ClaimsProvider, Scenario } from '#shared/scenario/world.ts'
import { inputsOf } from '../_browser.ts'

// Federation services that were not written here: samlp and wsfed, CommonJS without types, as Express would call them.

type Middleware = (request: object, response: object, next: (error?: unknown) => void) => void
type Options = Readonly<Record<string, unknown>>

const load = createRequire(import.meta.url)
const samlp = load('samlp') as { auth(options: Options): Middleware; logout(options: Options): Middleware }
const SessionParticipants = load('samlp/lib/sessionParticipants') as new (list: readonly object[]) => object
const wsfed = load('wsfed') as { auth(options: Options): Middleware }

export const passive = 'https://adfs.contoso.com/adfs/ls/'
const here = 'http://adfs.contoso.com/adfs/services/trust'
export const upn = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'
export const role = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'

export const fabrikam = 'http://sts.fabrikam.example/adfs/services/trust'
export const wingtip = 'https://idp.wingtip.example/metadata'

const passRoleAndUpn = `
c:[Type == "${upn}", Value =~ "(?i)@fabrikam\\.example$"] => issue(claim = c);
c:[Type == "${role}"] => issue(claim = c);
c:[Type == "http://schemas.microsoft.com/claims/authnmethodsreferences"] => issue(claim = c);
c:[Type == "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"] => issue(claim = c);`

export function fabrikamTrust(signer: TestSigner, changes: Partial<ClaimsProvider> = {}): ClaimsProvider {
  return {
    name: 'Fabrikam',
    identifier: fabrikam,
    objectIdentifier: 'f0000000-0000-4000-8000-000000000001',
    enabled: true,
    protocolProfile: 'WsFederation',
    wsFedEndpoint: 'https://sts.fabrikam.example/adfs/ls/',
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    signedSamlRequestsRequired: false,
    signingCertificates: [signer.certificatePem],
    organizationalAccountSuffixes: ['fabrikam.example'],
    acceptanceTransformRules: passRoleAndUpn,
    ...changes,
  }
}

export function wingtipTrust(signer: TestSigner, changes: Partial<ClaimsProvider> = {}): ClaimsProvider {
  const { wsFedEndpoint: _other, ...rest } = fabrikamTrust(signer)
  return {
    ...rest,
    name: 'Wingtip',
    identifier: wingtip,
    objectIdentifier: 'f0000000-0000-4000-8000-000000000002',
    protocolProfile: 'SAML',
    samlSignOnEndpoint: 'https://idp.wingtip.example/sso',
    samlLogoutEndpoint: 'https://idp.wingtip.example/slo',
    organizationalAccountSuffixes: [],
    ...changes,
  }
}

export function withProviders(...claimsProviders: readonly ClaimsProvider[]) {
  return (scenario: Scenario): Scenario => ({ ...scenario, adfs: { ...scenario.adfs, claimsProviders } })
}

/** What a partner says of its user: claim types and values. */
export interface PartnerUser {
  readonly name: string
  readonly claims: Readonly<Record<string, string | readonly string[]>>
}

export const erin: PartnerUser = {
  name: 'erin',
  claims: { [upn]: 'erin@fabrikam.example', [role]: ['Buyer', 'Auditor'] },
}

const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified'
const mapper = (user: PartnerUser) => ({
  getClaims: () => user.claims,
  getNameIdentifier: () => ({ nameIdentifier: user.name, nameIdentifierFormat: format }),
})

/** The fields that wsfed would have the browser post, in answer to the redirect it was sent. */
export async function wsfedAnswer(location: string, signer: TestSigner, user = erin, more: Options = {}) {
  const middleware = wsfed.auth({
    issuer: fabrikam,
    cert: signer.certificatePem,
    key: signer.privateKeyPem,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    profileMapper: mapper,
    getUserFromRequest: () => user,
    getPostURL: (_realm: string, _reply: string, _request: object, done: (e: null, url: string) => void) =>
      done(null, passive),
    ...more,
  })
  return inputsOf(await run(middleware, location))
}

/** The same of samlp. */
export async function samlpAnswer(location: string, signer: TestSigner, user = erin, more: Options = {}) {
  const middleware = samlp.auth({
    issuer: wingtip,
    cert: signer.certificatePem,
    key: signer.privateKeyPem,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    destination: passive,
    recipient: passive,
    sessionIndex: '_session-1',
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    audience: here,
    profileMapper: mapper,
    getUserFromRequest: () => user,
    getPostURL: (_audience: string, _request: object, _web: object, done: (e: null, url: string) => void) =>
      done(null, passive),
    ...more,
  })
  return inputsOf(await run(middleware, location))
}

/**
 * samlp's side of single logout: its answer to a LogoutRequest or, where the address has none, a LogoutRequest of its
 * own. Gives the address to which it sends the browser.
 */
export function samlpLogout(location: string, signer: TestSigner, serviceProvider: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const participant = {
      serviceProviderId: here,
      nameId: erin.name,
      nameIdFormat: format,
      sessionIndex: '_session-1',
      serviceProviderLogoutURL: passive,
      cert: serviceProvider,
    }
    const middleware = samlp.logout({
      issuer: wingtip,
      cert: signer.certificatePem,
      key: signer.privateKeyPem,
      deflate: true,
      signatureAlgorithm: 'rsa-sha256',
      digestAlgorithm: 'sha256',
      protocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
      sessionParticipants: new SessionParticipants([participant]),
      clearIdPSession: (done: () => void) => done(),
      store: memory(),
    })
    middleware(requestOf(location), { redirect: resolve, set: () => undefined, send: reject }, reject)
  })
}

type Done = (error: null, value: unknown) => void

function memory() {
  const kept = new Map<string, unknown>()
  return {
    save: (_request: object, state: unknown, done: Done) => {
      const id = `state-${kept.size}`
      kept.set(id, state)
      done(null, id)
    },
    load: (_request: object, id: string, ...rest: readonly unknown[]) => (rest.at(-1) as Done)(null, kept.get(id)),
  }
}

function run(middleware: Middleware, location: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const response = { set: () => undefined, send: (body: string) => resolve(body) }
    middleware(requestOf(location), response, (error) => reject(error))
  })
}

function requestOf(location: string): object {
  const { searchParams } = new URL(location)
  return { method: 'GET', query: Object.fromEntries(searchParams), body: {}, originalUrl: location, get: () => '' }
}
