import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '#services/stack.ts'
import { type TestSigner, testSigner } from '#shared/saml/_signers.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { answersOf, startPython } from '../actors/foreign-program.ts'
import { openHttpVisitor } from '../actors/http-visitor.ts'
import { alice, bob, peggy, trent } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'
import { passSignIn } from './_relying-party.ts'

const apps = {
  desktop: 'a0000000-0000-4000-8000-000000000001',
  tasks: 'a0000000-0000-4000-8000-000000000004',
  daemon: 'a0000000-0000-4000-8000-000000000005',
} as const
const graph = 'https://graph.microsoft.com/User.Read'
const tasks = `api://${apps.tasks}/Tasks.Read`
const authority = 'https://login.microsoftonline.com/contoso.com'
const desktop = { client: apps.desktop, authority, scopes: [graph], others: [tasks] }
const api = 'https://api.contoso.com/'
const native = {
  client: 'e1000000-0000-4000-8000-000000000001',
  authority: 'https://adfs.contoso.com/adfs',
  scopes: [`${api}/user_impersonation`],
  others: [`${api}/user_impersonation`],
}
const open = new AsyncDisposableStack()
let stack: Stack
let key: TestSigner

beforeAll(async () => {
  key = await testSigner('CN=Sample Daemon')
  const scenario = await loadDefaultScenario()
  const applications = scenario.entra.applications.map((each) => ({
    ...each,
    adminConsented: true,
    ...(each.appId === apps.desktop && { requiredScopes: [graph, tasks] }),
    ...(each.appId === apps.daemon && { certificates: [{ displayName: 'Key', certificate: key.certificatePem }] }),
  }))
  stack = open.use(await startStack({ scenario: { ...scenario, entra: { ...scenario.entra, applications } } }))
})

afterAll(() => open.disposeAsync())

/** A program in the middle of something. */
function begin(command: string, settings: object) {
  const place = { gateway: stack.proxy('internet'), ca: stack.authority.caFile }
  return startPython(place, 'msal_tokens.py', [command, JSON.stringify(settings)])
}

async function ask(command: string, settings: object) {
  await using program = begin(command, settings)
  return await answersOf(program)
}

/** What the browser does that the program opened. */
async function walk(address: string, person: { upn: string; password: string }, more = {}) {
  await using who = await openHttpVisitor(worldOf(stack), 'internet')
  return await passSignIn(who, await who.open(address), person, more)
}

const claims = (answer: Readonly<Record<string, unknown>> | undefined) => {
  if (!answer?.access_token) throw new Error(`no token: ${JSON.stringify(answer)}`)
  return decodeJwt(String(answer.access_token))
}

describe('at Entra ID', () => {
  test.each([alice, peggy, trent])('$upn by password, then silently', async ({ upn, password }) => {
    const [first, account, cached, anew, other] = await ask('password', { ...desktop, user: upn, password })
    expect(claims(first)).toMatchObject({ upn, aud: 'https://graph.microsoft.com' })
    expect(account).toMatchObject({ username: upn, environment: 'login.microsoftonline.com', authority_type: 'MSSTS' })
    expect(cached?.access_token).toBe(first?.access_token)
    expect(anew?.access_token).not.toBe(first?.access_token)
    expect(claims(anew)).toMatchObject({ upn })
    expect(claims(other)).toMatchObject({ aud: apps.tasks, scp: 'Tasks.Read' })
  })

  test('interactively, with the loopback address and a proof key', async () => {
    await using program = begin('interactive', desktop)
    const [, address = ''] = await program.printed(/^open (https:\S+)$/m)
    expect((await walk(address, alice)).url).toMatch(/^http:\/\/localhost:\d+\//)
    const [first] = await answersOf(program)
    expect(claims(first)).toMatchObject({ upn: alice.upn, scp: expect.stringContaining('User.Read') })
  })

  test('by device code', async () => {
    await using program = begin('device', desktop)
    const [, code = ''] = await program.printed(/"user_code": "(\w+)"/)
    await walk('https://login.microsoftonline.com/common/oauth2/deviceauth', peggy, { otc: code, ContinueAuth: 'true' })
    expect(claims((await answersOf(program)).at(-1))).toMatchObject({ upn: peggy.upn })
  })

  test('a daemon by secret and by certificate', async () => {
    const daemon = { client: apps.daemon, authority, scopes: ['https://graph.microsoft.com/.default'] }
    const { thumbprint } = key
    const certificate = { private_key: key.privateKeyPem, thumbprint, public_certificate: key.certificatePem }
    for (const credential of ['sample-daemon-secret', certificate]) {
      const [answer] = await ask('daemon', { ...daemon, credential })
      expect(claims(answer)).toMatchObject({ appid: apps.daemon, roles: expect.arrayContaining(['Device.Read.All']) })
    }
  })

  test('an API on behalf of somebody', async () => {
    const settings = { ...desktop, scopes: [tasks], others: [tasks], user: peggy.upn, password: peggy.password }
    const [own] = await ask('password', settings)
    const server = { client: apps.tasks, authority, credential: 'sample-tasks-api-secret', scopes: [graph] }
    const [answer] = await ask('behalf', { ...server, assertion: own?.access_token })
    expect(claims(answer)).toMatchObject({ upn: peggy.upn, appid: apps.tasks })
  })
})

describe('at AD FS', () => {
  test('by password, then silently', async () => {
    const [first, account, cached, anew] = await ask('password', { ...native, user: bob.upn, password: bob.password })
    expect(claims(first)).toMatchObject({ upn: bob.upn, aud: api })
    expect(account).toMatchObject({ username: bob.upn, environment: 'adfs.contoso.com', authority_type: 'ADFS' })
    expect(cached?.access_token).toBe(first?.access_token)
    expect(claims(anew)).toMatchObject({ upn: bob.upn })
  })

  test('interactively', async () => {
    await using program = begin('interactive', native)
    const [, address = ''] = await program.printed(/^open (https:\S+)$/m)
    await walk(address, bob)
    expect(claims((await answersOf(program))[0])).toMatchObject({ upn: bob.upn })
  })

  test('by device code', async () => {
    await using program = begin('device', native)
    const [, code = ''] = await program.printed(/"user_code": "([\w-]+)"/)
    await walk(`https://adfs.contoso.com/adfs/oauth2/deviceauth?user_code=${code}`, bob)
    expect(claims((await answersOf(program)).at(-1))).toMatchObject({ upn: bob.upn })
  })
})
