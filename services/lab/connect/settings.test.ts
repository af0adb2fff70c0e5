import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { type Stack, startStack } from '#services/stack.ts'
import { descendantElements } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { requestThrough } from '#test/actors/request-through.ts'
import { type Kind, kinds } from './kinds.ts'

let stack: Stack
let discovery: { readonly issuer: string }
let federation: ReturnType<typeof parseXml>

beforeAll(async () => {
  stack = await startStack()
  const tenant = stack.scenario.tenant.id
  const base = `https://login.microsoftonline.com/${tenant}/v2.0`
  discovery = JSON.parse((await get(`${base}/.well-known/openid-configuration`)).text) as never
  const metadata = 'https://adfs.contoso.com/FederationMetadata/2007-06/FederationMetadata.xml'
  federation = parseXml((await get(metadata)).text)
})
afterAll(() => stack[Symbol.asyncDispose]())

const get = (url: string) => requestThrough(stack, 'internet', url, { method: 'GET' })

/** The texts to copy of a page, by their names. */
async function settingsOf(kind: Kind): Promise<ReadonlyMap<string, readonly string[]>> {
  const answer = await fetch(`${stack.proxy('internet')}/connect?kind=${kind}`)
  expect(answer.status).toBe(200)
  const blocks = (await answer.text()).matchAll(/role="group" aria-label="([^"]+)"><code>([\s\S]*?)<\/code>/g)
  const pairs = [...blocks].map(([, name = '', text = '']) => [plain(name), plain(text)] as const)
  return new Map([...Map.groupBy(pairs, ([name]) => name)].map(([name, own]) => [name, own.map(([, text]) => text)]))
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function plain(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')
}

const every = Object.keys(kinds) as Kind[]

test('every kind of application has its settings, complete, and of this world', async () => {
  const hosts = new Set(stack.plans.flatMap((plan) => Object.values(plan.hosts).flat()))
  expect(every.length).toBeGreaterThan(25)
  for (const kind of every) {
    const texts = [...(await settingsOf(kind)).values()].flat()
    expect(texts.length, kind).toBeGreaterThan(3)
    const text = texts.join('\n')
    expect(text, kind).not.toMatch(/['"]undefined|«|»|YOUR_(?!SIGNATURE_HASH|REDIRECT_URI)/)
    const named = [...text.matchAll(/https:\/\/([\w.-]+\.\w+)/g)].map((match) => match[1] ?? '')
    for (const host of named) expect(hosts, `${kind} names ${host}`).toContain(host)
  }
})

test('what clients of Entra ID are told is what its discovery document says', async () => {
  for (const kind of every.filter((each) => kinds[each].of === 'registration')) {
    const settings = await settingsOf(kind)
    const [issuer = ''] = settings.get('Issuer of v2.0 tokens') ?? []
    expect(issuer, kind).toBe(discovery.issuer)
    const [metadata = ''] = settings.get('Metadata') ?? []
    expect(JSON.parse((await get(metadata)).text), kind).toMatchObject({ issuer })
    // An application learns the rest by itself: whichever authority stands in its code is that one.
    const code = settings.get('Code')?.[0] ?? ''
    for (const [url] of code.matchAll(/https:\/\/login\.microsoftonline\.com\/[^\s"'`)]*/g)) {
      const authority = url.replace(/[«$%{].*$/, '').replace(/\/(?:v2\.0|oauth2).*$/, '')
      expect(discovery.issuer, `${kind}: ${url}`).toContain(authority)
    }
  }
})

test('what service providers and relying parties are told is what the metadata of AD FS says', async () => {
  const certificates = descendantElements(federation)
    .filter(({ localName }) => localName === 'X509Certificate')
    .map(({ textContent }) => textContent)
  for (const kind of every.filter((each) => ['SAML', 'WsFederation'].includes(kinds[each].of))) {
    const texts = [...(await settingsOf(kind)).values()].flat()
    expect(texts, kind).toContain(rootOf(federation).getAttribute('entityID'))
    const pem = texts.find((text) => text.startsWith('-----BEGIN CERTIFICATE')) ?? ''
    expect(certificates, kind).toContain(pem.replaceAll(/-----[^-]+-----|\s/g, ''))
    const location = texts.find((text) => text.endsWith('/adfs/ls/')) ?? ''
    const locations = descendantElements(federation).map((each) => each.getAttribute('Location'))
    expect(locations, kind).toContain(location)
  }
})

test.each([
  { kind: 'msal-android', parse: (code: string) => JSON.parse(code) as unknown },
  { kind: 'identity-web', parse: (code: string) => JSON.parse(code) as unknown },
  { kind: 'spring-oauth', parse: (code: string) => parseYaml(code) as unknown },
  { kind: 'spring-saml', parse: (code: string) => parseYaml(code) as unknown },
  { kind: 'shibboleth', parse: (code: string) => rootOf(parseXml(code)) },
] as const)('the file for $kind is well-formed', async ({ kind, parse }) => {
  expect(parse((await settingsOf(kind)).get('Code')?.[0] ?? '')).toBeTruthy()
})

test.each([
  { user: 'alice@contoso.com', host: 'outlook.office365.com', modern: true },
  { user: 'bob@contoso.com', host: 'mail.contoso.com', modern: false },
])('the configuration profile of $user is for $host, and brings the CA', async ({ user, host, modern }) => {
  const answer = await fetch(`${stack.proxy('internet')}/connect/profile.mobileconfig?user=${user}`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-apple-aspen-config'])
  const text = (await answer.text()).replace(/<!DOCTYPE[^>]*>\n/, '')
  const elements = descendantElements(parseXml(text))
  const after = (name: string) =>
    elements[elements.findIndex(({ localName, textContent }) => localName === 'key' && textContent === name) + 1]
  expect(after('Host')?.textContent).toBe(host)
  expect(after('OAuth')?.localName).toBe(modern ? 'true' : elements[0]?.localName)
  const data = elements.find(({ localName }) => localName === 'data')?.textContent ?? ''
  expect(Buffer.from(data, 'base64').toString()).toBe(stack.ca)
  const ids = elements.filter(({ textContent }) => /^[0-9A-F]{8}-/.test(textContent ?? '')).map((e) => e.textContent)
  expect(new Set(ids).size).toBe(3)
})

test('there is no profile for somebody without a mailbox', async () => {
  const answer = await fetch(`${stack.proxy('internet')}/connect/profile.mobileconfig?user=victor@contoso.com`)
  expect(answer.status).toBe(404)
})
