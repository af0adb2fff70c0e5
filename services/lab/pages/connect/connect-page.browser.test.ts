import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Look, problemsOf } from '#test/actors/look.ts'
import { requestThrough } from '#test/actors/request-through.ts'
import { type Bench, expectVisible, openBench } from '../_bench.ts'

const looks: readonly Look[] = [
  { colorScheme: 'light', size: { width: 1280, height: 800 } },
  { colorScheme: 'dark', size: { width: 360, height: 800 } },
]
const plain = { javaScriptEnabled: false } as const
const repository = fileURLToPath(new URL('../../../../', import.meta.url))
let bench: Bench
let folder = ''

beforeAll(async () => {
  bench = await openBench()
  // Inside the repository, so that the snippets find the packages that they import.
  folder = await mkdtemp(join(repository, '.connect-'))
})
beforeEach(() => bench.lab.reset())
afterEach(() => bench.closePages())
afterAll(async () => {
  await bench[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** What the page says to set, and then the code of the page. */
async function runPage(address: string, command: (code: string) => Promise<string>): Promise<string> {
  const page = await bench.visit(address, plain)
  const textOf = (name: string) => page.getByRole('group', { name, exact: true }).locator('code').first().innerText()
  const environment = await textOf('Variables')
  const script = `set -e\n${environment}\n${await command(await textOf('Code'))}\n`
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: tmpdir() },
  })
  return stdout
}

async function asFile(name: string, code: string): Promise<string> {
  await writeFile(join(folder, name), code)
  return name
}

const daemon = 'a0000000-0000-4000-8000-000000000005'
const runners = {
  node: async (code: string) => `'${process.execPath}' ${await asFile('snippet.mjs', code)}`,
  shell: async (code: string) => code,
  python: async (code: string) => `python3 ${await asFile('snippet.py', code)}`,
}

test.each([
  { address: `/connect?kind=msal-node&for=${daemon}`, runner: 'node', printed: /^Bearer until 20/m },
  { address: `/connect?kind=oidc&for=${daemon}`, runner: 'shell', printed: /"access_token":"ey/ },
  {
    address: '/connect?kind=node-saml',
    runner: 'node',
    printed: /^https:\/\/adfs\.contoso\.com\/adfs\/ls\/\?SAMLRequest=/m,
  },
  { address: '/connect?kind=ws-federation', runner: 'shell', printed: /<form[^>]+loginForm/ },
  {
    address: '/connect?kind=passport-wsfed',
    runner: 'node',
    printed: /^https:\/\/adfs\.contoso\.com\/adfs\/ls\/\?.*wtrealm=/m,
  },
  { address: '/connect?kind=mail', runner: 'python', printed: /^https:\/\/.*\/Microsoft-Server-ActiveSync/m },
] as const)('$address: the code runs as it stands', async ({ address, runner, printed }) => {
  expect(await runPage(address, runners[runner])).toMatch(printed)
})

test('an application is added in two steps, and gets a token with its secret', async () => {
  const page = await bench.visit('/connect', plain)
  await page.getByLabel('Name', { exact: true }).fill('Under test')
  await page.getByLabel('It is').selectOption('web')
  await page.getByRole('textbox', { name: 'Redirect URI' }).fill('http://localhost:4000/callback')
  await page.getByRole('button', { name: 'Add application' }).click()
  const secret = await page.getByRole('status').locator('code').innerText()
  const appId = await page.getByRole('combobox', { name: 'Registration or trust' }).inputValue()
  await expectVisible(page.getByRole('group', { name: 'Redirect URI' }).getByText('http://localhost:4000/callback'))
  const url = 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token'
  const form = { grant_type: 'client_credentials', client_id: appId, client_secret: secret }
  const answer = await requestThrough(bench.stack, 'internet', url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, scope: 'https://graph.microsoft.com/.default' }).toString(),
  })
  expect(JSON.parse(answer.text)).toMatchObject({ token_type: 'Bearer' })
})

test('the API adds applications too; a redirect URI that Graph refuses is refused', async () => {
  const added = await bench.lab.call('POST', '/api/applications', {
    name: 'Spa',
    kind: 'browser',
    redirectUri: 'http://localhost:5000',
  })
  expect(added).toMatchObject({ status: 201, json: { displayName: 'Spa' } })
  const wrong = await bench.lab.call('POST', '/api/applications', {
    name: 'Web',
    kind: 'web',
    redirectUri: 'http://example.com/cb',
  })
  expect(wrong.status).toBe(400)
})

test('a relying party comes in by its metadata, and its settings are shown', async () => {
  const page = await bench.visit('/connect', plain)
  await page.getByLabel('Name of the trust').fill('Ourselves')
  await page
    .getByLabel('Address of its metadata')
    .fill('https://adfs.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml')
  await page.getByRole('button', { name: 'Add trust' }).click()
  expect(
    await page.getByRole('combobox', { name: 'Registration or trust' }).locator('option:checked').innerText(),
  ).toBe('Ourselves')
})

test.each([`/connect?kind=msal-node&for=${daemon}`, '/connect?kind=saml', '/connect?kind=ios-mail'])(
  '%s is accessible, and fits',
  async (path) => {
    const page = await bench.visit(path, { bypassCSP: true })
    expect(await problemsOf(page, looks)).toEqual([])
  },
)
