import { execFile } from 'node:child_process'
import { createPublicKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAuthority } from './authority.ts'
import { issueLeaf } from './issue.ts'
import { validFor } from './validity.ts'

const run = promisify(execFile)
const domains = ['contoso.com', 'microsoftonline.com']
const day = 24 * 60 * 60 * 1000
const start = Date.UTC(2025, 5, 1)
const on = (days: number) => () => new Date(start + days * day)

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'authority-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

test('keeps its CA, leaves, signing keys and secret in the folder', async () => {
  const read = async () => {
    const authority = await openAuthority({ directory, domains })
    const leaf = await authority.leafFor({ name: 'adfs', hosts: ['adfs.contoso.com'] })
    const signing = await authority.signingKeyFor({ name: 'adfs', subject: 'CN=ADFS Signing - adfs.contoso.com' })
    return [authority.caPem, authority.gatewaySecret.toString('hex'), leaf.keyPem, leaf.thumbprint, signing.thumbprint]
  }
  const first = await read()
  expect(await read()).toEqual(first)
  expect(Buffer.from(first[1] ?? '', 'hex')).toHaveLength(32)
})

test('lets only the owner read keys and the secret', async () => {
  const authority = await openAuthority({ directory, domains })
  await authority.leafFor({ name: 'adfs', hosts: ['adfs.contoso.com'] })
  const files = (await readdir(directory, { recursive: true })).filter((name) => /key\.pem$|secret$/.test(name))
  expect(files.length).toBeGreaterThanOrEqual(3)
  for (const file of files) expect((await stat(join(directory, file))).mode & 0o077).toBe(0)
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
})

test('lets processes that start together end with the same CA and secret', async () => {
  const generate = () =>
    run(process.execPath, ['certs/generate.ts', '--directory', directory, ...domains.flatMap((d) => ['--domain', d])])
  const printed = await Promise.all([generate(), generate(), generate(), generate()])
  expect(new Set(printed.map(({ stdout }) => stdout)).size).toBe(1)
  const authority = await openAuthority({ directory, domains })
  expect(await readFile((printed[0]?.stdout ?? '').trim(), 'utf8')).toBe(authority.caPem)
  expect((await readdir(directory, { recursive: true })).filter((name) => name.includes('.draft'))).toEqual([])
})

test('lets two authorities in one folder hand out the same leaf and signing key', async () => {
  const [one, two] = await Promise.all([openAuthority({ directory, domains }), openAuthority({ directory, domains })])
  expect(one.caPem).toBe(two.caPem)
  const request = { name: 'entra', subject: 'CN=accounts.accesscontrol.windows.net' }
  const keys = await Promise.all([one.signingKeyFor(request), two.signingKeyFor(request)])
  expect(keys[0].thumbprint).toBe(keys[1].thumbprint)
})

test('makes another CA when the domains change and returns to the first with them', async () => {
  const first = await openAuthority({ directory, domains })
  const other = await openAuthority({ directory, domains: [...domains, 'fabrikam.test'] })
  const again = await openAuthority({ directory, domains: ['.Microsoftonline.com', 'contoso.com'] })
  expect(other.caPem).not.toBe(first.caPem)
  expect(again.caPem).toBe(first.caPem)
})

test('issues a leaf for the hosts, valid for at most 397 days, reissued when the hosts change', async () => {
  const authority = await openAuthority({ directory, domains })
  const leaf = await authority.leafFor({ name: 'wap', hosts: ['Mail.contoso.com', 'adfs.contoso.com'] })
  const certificate = new X509Certificate(leaf.certificatePem)
  expect(certificate.subjectAltName).toBe('DNS:adfs.contoso.com, DNS:mail.contoso.com')
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
  expect(certificate.validToDate.getTime() - certificate.validFromDate.getTime()).toBeLessThanOrEqual(397 * day)
  expect(leaf.thumbprint).toBe(certificate.fingerprint.replaceAll(':', ''))
  const wider = await authority.leafFor({ name: 'wap', hosts: ['mail.contoso.com'] })
  expect(wider.thumbprint).not.toBe(leaf.thumbprint)
})

test('reissues a leaf with less than 30 days left, and the CA before a leaf could outlive it', async () => {
  const at = async (days: number) => {
    const authority = await openAuthority({ directory, domains, now: on(days) })
    const leaf = await authority.leafFor({ name: 'wap', hosts: ['mail.contoso.com'] })
    return { ca: authority.caPem, leaf: leaf.thumbprint }
  }
  const first = await at(0)
  expect(await at(360)).toEqual(first)
  const renewed = await at(370)
  expect(renewed.ca).toBe(first.ca)
  expect(renewed.leaf).not.toBe(first.leaf)
  expect((await at(3300)).ca).not.toBe(first.ca)
})

test('refuses to vouch for a host outside its domains', async () => {
  const authority = await openAuthority({ directory, domains })
  await expect(authority.leafFor({ name: 'x', hosts: ['contoso.com.evil.test'] })).rejects.toThrow('may not vouch')
  await expect(authority.leafFor({ name: 'x', hosts: [] })).rejects.toThrow('may not vouch')
})

test.each([
  { host: 'adfs.contoso.com', want: 'accepted' },
  { host: 'adfs.contoso.com.evil.test', want: 'permitted subtree violation' },
])('a TLS client that trusts the CA finds $host $want (RFC 5280 §4.2.1.10)', async ({ host, want }) => {
  const authority = await openAuthority({ directory, domains })
  const key = await readFile(join(authority.caFile, '..', 'ca-1', 'key.pem'), 'utf8')
  const issuer = { keyPem: key, certificatePem: authority.caPem }
  const validity = validFor(10, new Date())
  const leaf = await issueLeaf({ authority: issuer, commonName: 'anything', hosts: [host], validity })
  const server = createServer({ key: leaf.keyPem, cert: leaf.certificatePem + authority.caPem }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect({ host: '127.0.0.1', port, servername: host, ca: authority.caPem })
  const outcome = await handshakeOutcome(client)
  client.destroy()
  server.close()
  expect(outcome).toBe(want)
})

test('gives a signing key whose JWK, thumbprints and certificate belong together', async () => {
  const authority = await openAuthority({ directory, domains })
  const key = await authority.signingKeyFor({ name: 'entra', subject: 'CN=accounts.accesscontrol.windows.net' })
  const certificate = new X509Certificate(key.certificatePem)
  expect(certificate.subject).toBe('CN=accounts.accesscontrol.windows.net')
  expect(certificate.checkPrivateKey(key.privateKey)).toBe(true)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(key.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
  expect(Buffer.from(key.x5t, 'base64url').toString('hex').toUpperCase()).toBe(key.thumbprint)
  expect(key.certificateDer.equals(certificate.raw)).toBe(true)
  const fromJwk = createPublicKey({ key: { ...key.publicJwk, x5c: undefined }, format: 'jwk' })
  expect(fromJwk.equals(certificate.publicKey)).toBe(true)
})

test('gives another signing key for the next generation and refuses a subject that is no distinguished name', async () => {
  const authority = await openAuthority({ directory, domains })
  const request = { name: 'adfs', subject: 'CN=ADFS Signing - adfs.contoso.com' }
  const [one, two] = await Promise.all([
    authority.signingKeyFor(request),
    authority.signingKeyFor({ ...request, generation: 2 }),
  ])
  expect(one.thumbprint).not.toBe(two.thumbprint)
  expect(await authority.signingKeyFor(request)).toBe(one)
  await expect(authority.signingKeyFor({ name: 'adfs', subject: 'ADFS' })).rejects.toThrow('distinguished name')
})

test('gives a machine an identity that its own CA issued', async () => {
  const authority = await openAuthority({ directory, domains })
  const identity = await authority.machineIdentity('wap')
  const [own, issuer] = identity.x5c.map((der) => new X509Certificate(Buffer.from(der, 'base64')))
  expect(own?.subject).toContain('CN=wap')
  expect(own?.checkPrivateKey(identity.privateKey)).toBe(true)
  expect(own?.verify(new X509Certificate(authority.caPem).publicKey)).toBe(true)
  expect(issuer?.raw.equals(new X509Certificate(authority.caPem).raw)).toBe(true)
})

async function handshakeOutcome(client: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    client.once('secureConnect', () => resolve('accepted'))
    client.once('error', (error) => resolve(error.message))
  })
}
