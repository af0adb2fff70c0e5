import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { testSigner } from '#shared/saml/_signers.ts'
import { type ApacheSite, openSite, startApache } from '../actors/apache.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { labOf } from '../actors/lab.ts'
import { alice, peggy } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'
import { addTrust, federationMetadata, passSignIn, variablesOf } from './_relying-party.ts'

/* What the lab's page of settings says, given to Debian's Apache as it stands; only paths of files are put in. */

const open = new AsyncDisposableStack()
let stack: Stack

beforeAll(async () => {
  stack = open.use(await startStack())
})
afterAll(() => open.disposeAsync())

/** The configuration that the page shows for an application. */
async function codeOf(query: Readonly<Record<string, string>>): Promise<string> {
  const page = await (await fetch(`${stack.proxy('internet')}/connect?${new URLSearchParams(query)}`)).text()
  const [, code] = /aria-label="Code"><code>([\s\S]*?)<\/code>/.exec(page) ?? []
  if (code === undefined) throw new Error(`no code for ${JSON.stringify(query)}`)
  return code.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}

async function newSite(): Promise<ApacheSite> {
  const site = open.use(await openSite())
  site.write('ca.pem', stack.ca)
  return site
}

test('mod_auth_openidc signs in with the settings of an application that was just added', async () => {
  const world = worldOf(stack)
  const site = await newSite()
  const redirectUri = `${site.origin}/one/callback`
  const { json } = await labOf(world).call('POST', '/api/applications', { name: 'Apache', kind: 'web', redirectUri })
  const { appId, secret } = json as { appId: string; secret: string }
  const code = (await codeOf({ kind: 'mod-auth-openidc', for: appId }))
    .replace('YOUR_CLIENT_SECRET', secret)
    .replace('/etc/ssl/fauxchange-ca.pem', `${site.folder}/ca.pem`)
  expect(code).toContain(`OIDCRedirectURI ${redirectUri}`)
  await using apache = await startApache(site, ['auth_openidc'], code)
  await using who = await openHttpVisitor(world, 'internet')
  const page = await passSignIn(who, await who.open(`${apache.origin}/one/`), peggy, {
    acceptConsent: 'true',
  })
  expect(variablesOf(page)).toMatchObject({ REMOTE_USER: peggy.upn })
})

test('mod_auth_mellon signs in with the settings of its trust', async () => {
  const world = worldOf(stack)
  const site = await newSite()
  const key = await testSigner('CN=localhost')
  await using administrator = await openHttpVisitor(world, 'internet')
  site.write('adfs.xml', (await administrator.open(federationMetadata)).html)
  site.write('mellon.key', key.privateKeyPem)
  site.write('mellon.crt', key.certificatePem)
  const code = (await codeOf({ kind: 'mellon' }))
    .replaceAll('/etc/apache2/', `${site.folder}/`)
    .replace(/MellonSPEntityId .*/, `MellonSPEntityId ${site.origin}/sp`)
    .replace('<Location /private>', '<Location /one>')
  await using apache = await startApache(site, ['auth_mellon'], code)
  await addTrust(labOf(world), 'Mellon', (await administrator.open(`${apache.origin}/mellon/metadata`)).html)
  await using who = await openHttpVisitor(world, 'internet')
  const page = await passSignIn(who, await who.open(`${apache.origin}/one/`), alice)
  expect(variablesOf(page)).toMatchObject({ REMOTE_USER: alice.upn })
})
