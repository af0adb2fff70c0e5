import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { type Apache, type ApacheSite, openSite, startApache } from '../actors/apache.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { alice, bob, peggy } from '../actors/people.ts'
import { type World, worldOf } from '../actors/world.ts'
import { passSignIn, variablesOf } from './_relying-party.ts'

const webApp = { id: 'a0000000-0000-4000-8000-000000000002', secret: 'sample-web-app-secret' }
const serverApp = { id: 'e1000000-0000-4000-8000-000000000002', secret: 'Adfs-Sample-Secret-1' }
const open = new AsyncDisposableStack()
let world: World
let atEntra: Apache
let atAdfs: Apache

beforeAll(async () => {
  const [entraSite, adfsSite] = [open.use(await openSite()), open.use(await openSite())]
  const stack = open.use(await startStack({ scenario: await scenarioFor(entraSite, adfsSite) }))
  world = worldOf(stack)
  const entra = {
    issuer: 'https://login.microsoftonline.com/contoso.com/v2.0',
    ...webApp,
    person: 'preferred_username',
  }
  const adfs = { issuer: 'https://adfs.contoso.com/adfs', ...serverApp, person: 'upn' }
  atEntra = open.use(await startApache(entraSite, ['auth_openidc'], directives(stack, entraSite, entra)))
  atAdfs = open.use(await startApache(adfsSite, ['auth_openidc'], directives(stack, adfsSite, adfs)))
})

afterAll(() => open.disposeAsync())

/** Both know the redirect URI of the module; everybody's administrator has consented. */
async function scenarioFor(entraSite: ApacheSite, adfsSite: ApacheSite) {
  const scenario = await loadDefaultScenario()
  const { entra, adfs } = scenario
  const callback = ({ origin }: ApacheSite) => `${origin}/one/callback`
  const applications = entra.applications.map((each) =>
    each.appId === webApp.id
      ? {
          ...each,
          adminConsented: true,
          logoutUrl: `${callback(entraSite)}?logout=get`,
          redirectUris: { ...each.redirectUris, web: [callback(entraSite), `${entraSite.origin}/three/`] },
        }
      : each,
  )
  const applicationGroups = adfs.applicationGroups.map((group) => ({
    ...group,
    serverApplications: group.serverApplications.map((each) => ({
      ...each,
      redirectUris: [callback(adfsSite), `${adfsSite.origin}/three/`],
    })),
  }))
  return { ...scenario, entra: { ...entra, applications }, adfs: { ...adfs, applicationGroups } }
}

interface Client {
  readonly issuer: string
  readonly id: string
  readonly secret: string
  /** The claim that names the person. */
  readonly person: string
}

function directives(stack: Stack, site: ApacheSite, { issuer, id, secret, person }: Client): string {
  return `OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${id}
OIDCClientSecret ${secret}
OIDCRedirectURI ${site.origin}/one/callback
OIDCCryptoPassphrase of-this-test
OIDCOutgoingProxy ${new URL(stack.proxy('internet')).host}
OIDCCABundlePath ${site.write('ca.pem', stack.ca)}
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCRemoteUserClaim ${person}
OIDCPassClaimsAs environment
<Location /one>
  AuthType openid-connect
  Require valid-user
</Location>`
}

describe('at Entra ID', () => {
  test.each([peggy, alice])('$upn: discovery, code with proof key, UserInfo', async (person) => {
    await using who = await openHttpVisitor(world, 'internet')
    const page = await passSignIn(who, await who.open(`${atEntra.origin}/one/`), person)
    expect(page.url).toBe(`${atEntra.origin}/one/`)
    expect(variablesOf(page)).toMatchObject({
      REMOTE_USER: person.upn,
      OIDC_CLAIM_email: person.upn,
      OIDC_CLAIM_aud: webApp.id,
      // Of UserInfo alone.
      OIDC_CLAIM_picture: expect.stringContaining('https://graph.microsoft.com/'),
    })
  })

  test('its sign-out ends the session at Entra ID', async () => {
    await using who = await openHttpVisitor(world, 'internet')
    await passSignIn(who, await who.open(`${atEntra.origin}/one/`), peggy)
    const back = encodeURIComponent(`${atEntra.origin}/three/`)
    const left = await who.open(`${atEntra.origin}/one/callback?logout=${back}`)
    expect(left.html).toContain(`href="${atEntra.origin}/three/"`)
    expect((await who.open(`${atEntra.origin}/one/`)).html).toContain('name="loginfmt"')
  })

  test('the frame of a sign-out at Entra ID ends its session', async () => {
    await using who = await openHttpVisitor(world, 'internet')
    await passSignIn(who, await who.open(`${atEntra.origin}/one/`), peggy)
    const left = await who.open('https://login.microsoftonline.com/common/oauth2/v2.0/logout')
    const [, frame = ''] = /<iframe [^>]*src="(http:\/\/localhost[^"]*)"/.exec(left.html) ?? []
    expect((await who.open(frame.replaceAll('&amp;', '&'))).status).toBe(200)
    expect((await who.open(`${atEntra.origin}/one/`)).html).toContain('name="loginfmt"')
  })
})

describe('at AD FS', () => {
  test('discovery, code with proof key, UserInfo', async () => {
    await using who = await openHttpVisitor(world, 'internet')
    const page = await passSignIn(who, await who.open(`${atAdfs.origin}/one/`), bob)
    expect(variablesOf(page)).toMatchObject({ REMOTE_USER: bob.upn, OIDC_CLAIM_iss: 'https://adfs.contoso.com/adfs' })
  })

  test('its sign-out ends the session at AD FS', async () => {
    await using who = await openHttpVisitor(world, 'internet')
    await passSignIn(who, await who.open(`${atAdfs.origin}/one/`), bob)
    const back = encodeURIComponent(`${atAdfs.origin}/three/`)
    const left = await who.open(`${atAdfs.origin}/one/callback?logout=${back}`)
    expect(left.html).toContain(`href="${atAdfs.origin}/three/"`)
    expect((await who.open(`${atAdfs.origin}/one/`)).html).toContain('id="passwordInput"')
  })
})
