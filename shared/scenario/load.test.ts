import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { builtInAccessControlPolicies } from './access-control-policies.ts'
import { immutableIdOf } from './identifiers.ts'
import {
  compiledScenario,
  compileScenario,
  defaultScenarioFile,
  formatProblems,
  loadDefaultScenario,
  loadScenario,
  loadScenarioFile,
} from './load.ts'
import type { Scenario } from './world.ts'

const text = readFileSync(defaultScenarioFile, 'utf8')

async function worldOf(yaml: string): Promise<Scenario> {
  const loaded = await loadScenario(yaml, 'world.yaml')
  if (!loaded.ok) throw new Error(formatProblems(loaded))
  return loaded.scenario
}

test('the default world has no problems, and its compiled form is up to date (vitest -u writes it)', async () => {
  const world = await worldOf(text)
  await expect(compileScenario(text, world)).toMatchFileSnapshot('contoso.compiled.jsonl')
})

test('the compiled world is the world', async () => {
  expect(await loadDefaultScenario()).toStrictEqual(await worldOf(text))
})

test('a compiled world serves its own source only, whatever its line ends', async () => {
  const compiled = compileScenario(text, await worldOf(text))
  expect(compiledScenario(compiled, text)).toBeDefined()
  expect(compiledScenario(compiled, text.replaceAll('\n', '\r\n'))).toBeDefined()
  expect(compiledScenario(compiled, text.replace('Alice-Pass1', 'Alice-Pass2'))).toBeUndefined()
})

test.each([
  { who: 'alice@contoso.com', location: 'online', methods: ['push', 'totp', 'sms'] },
  { who: 'bob@contoso.com', location: 'onPremises', methods: ['totp'] },
  { who: 'carol@contoso.com', location: 'online', methods: [] },
  { who: 'dave@contoso.com', location: 'onPremises', methods: [] },
  { who: 'erin@contoso.com', location: 'online', methods: ['push', 'totp'] },
  { who: 'victor@contoso.com', location: undefined, methods: ['totp'] },
  { who: 'peggy@fabrikam.com', location: 'online', methods: ['totp', 'push'] },
  { who: 'trent@wingtiptoys.com', location: 'online', methods: ['totp'] },
])('$who has a mailbox $location and the methods $methods', async ({ who, location, methods }) => {
  const user = (await loadDefaultScenario()).users.find((candidate) => candidate.userPrincipalName === who)
  expect(user?.mailbox?.location).toBe(location)
  expect(user?.mfa.methods.map((method) => method.type)).toEqual(methods)
})

test('the default world has somebody for every state of an account', async () => {
  const { users } = await loadDefaultScenario()
  const who = (matches: (user: Scenario['users'][number]) => boolean) =>
    users.filter(matches).map((user) => user.userPrincipalName)
  expect(who((user) => !user.enabled)).toEqual(['frank@contoso.com'])
  expect(who((user) => user.lockedOut)).toEqual(['grace@contoso.com'])
  expect(who((user) => user.passwordExpired)).toEqual(['heidi@contoso.com'])
  expect(who((user) => user.cloudOnly)).toEqual(['breakglass@contoso.onmicrosoft.com'])
  expect(who((user) => user.groups.includes('Mobile Pilot'))).toEqual(['erin@contoso.com', 'juergen@contoso.com'])
  expect(who((user) => user.directoryRoles.includes('Global Administrator'))).toHaveLength(2)
  expect(new Set(users.map((user) => user.password)).size).toBe(users.length)
})

test('the password table in the comments of the default world is right', async () => {
  const { users } = await loadDefaultScenario()
  for (const user of users) {
    expect(text).toMatch(new RegExp(`^#   ${user.userPrincipalName} +${user.password} `, 'm'))
  }
})

test('the standard trusts of the default world are those of the articles', async () => {
  const { adfs, wap } = await loadDefaultScenario()
  const trusts = adfs.relyingParties.map(({ name, identifiers, accessControlPolicy }) => ({
    name,
    identifier: identifiers[0],
    policy: accessControlPolicy.name,
  }))
  const mfaOutside = 'Permit everyone and require MFA from extranet access'
  expect(trusts.slice(0, 4)).toEqual([
    {
      name: 'Microsoft Office 365 Identity Platform',
      identifier: 'urn:federation:MicrosoftOnline',
      policy: 'Permit everyone',
    },
    { name: 'Outlook on the web', identifier: 'https://mail.contoso.com/owa/', policy: mfaOutside },
    { name: 'EAC', identifier: 'https://mail.contoso.com/ecp/', policy: mfaOutside },
    { name: 'Web Application Proxy', identifier: 'urn:AppProxy:com', policy: mfaOutside },
  ])
  expect(Object.keys(builtInAccessControlPolicies)).toContain(mfaOutside)
  expect(wap.publishedApplications.filter((app) => app.externalPreauthentication === 'ADFS')).toHaveLength(2)
})

test('policies name users, groups, applications and locations by id', async () => {
  const { entra, users, groups } = await loadDefaultScenario()
  const [owa, reportOnly, mobile] = entra.conditionalAccess.policies
  const breakGlass = users.find((user) => user.cloudOnly)
  expect(owa?.conditions.users.excludeUsers).toEqual([breakGlass?.entraObjectId])
  expect(reportOnly?.conditions.locations?.excludeLocations).toEqual([entra.namedLocations[0]?.id])
  expect(mobile?.conditions.users.includeGroups).toEqual([
    groups.find((group) => group.name === 'Mobile Pilot')?.entraObjectId,
  ])
  expect(mobile?.conditions.applications.includeApplications).toEqual(['00000002-0000-0ff1-ce00-000000000000'])
})

test('identifiers are the same each time, and unique', async () => {
  const first = await worldOf(text)
  expect(await worldOf(text)).toEqual(first)
  const { users, groups } = first
  for (const field of ['objectGuid', 'entraObjectId'] as const) {
    expect(new Set([...users, ...groups].map((account) => account[field])).size).toBe(users.length + groups.length)
  }
  const synchronized = users.filter((user) => !user.cloudOnly)
  expect(synchronized.every((user) => user.immutableId === immutableIdOf(user.objectGuid))).toBe(true)
  expect(new Set(synchronized.map((user) => user.sid)).size).toBe(synchronized.length)
})

test('a small file is enough: the rest follows from its domain', async () => {
  const world = await worldOf(`
domains:
  - { name: adatum.com, authentication: federated }
users:
  - { userPrincipalName: kim@adatum.com, password: Kim-Pass1, mailbox: { location: onPremises } }
`)
  expect(world.organization).toMatchObject({ name: 'Adatum', hosts: { mail: 'mail.adatum.com' } })
  expect(world.organization.activeDirectory.netbiosName).toBe('ADATUM')
  expect(world.domains.map((domain) => domain.name)).toEqual(['adatum.com', 'adatum.onmicrosoft.com'])
  expect(world.domains[0]?.federation?.issuerUri).toBe('http://adatum.com/adfs/services/trust/')
  expect(world.adfs.relyingParties.map((trust) => trust.identifiers[0])).toEqual([
    'urn:federation:MicrosoftOnline',
    'https://mail.adatum.com/owa/',
    'https://mail.adatum.com/ecp/',
    'urn:AppProxy:com',
  ])
  expect(JSON.stringify([world.adfs, world.wap, world.domains])).not.toContain('contoso')
  expect(world.users[0]).toMatchObject({ samAccountName: 'kim', displayName: 'kim', licensed: true })
})

test('a file that cannot be read is one problem', async () => {
  const loaded = await loadScenarioFile('/nonexistent/world.yaml')
  expect(loaded).toMatchObject({ ok: false, problems: [{ line: 1, message: expect.stringContaining('ENOENT') }] })
})
