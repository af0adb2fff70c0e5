import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeUserAuthority, userAuthorityOf } from '#certs/user-authority.ts'
import { type Stack, startStack } from '#services/stack.ts'
import type { Zone } from '#shared/stack/deployment.ts'
import { curl } from '../actors/curl.ts'
import { type Lab, labOf } from '../actors/lab.ts'
import { bob } from '../actors/people.ts'
import { worldOf } from '../actors/world.ts'

const wtrealm = encodeURIComponent('https://mail.contoso.com/owa/')
const owa = `https://adfs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=${wtrealm}`
const byCertificate = `${owa}&wauth=${encodeURIComponent('urn:ietf:rfc:2246')}`
const open = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
open.defer(() => rmSync(folder, { recursive: true }))
let stack: Stack
let lab: Lab
let files = 0

beforeAll(async () => {
  stack = open.use(await startStack())
  lab = labOf(worldOf(stack))
})

afterAll(() => open.disposeAsync())
afterEach(() => lab.reset())

interface Issued {
  readonly serialNumber: string
  readonly keyPem: string
  readonly certificatePem: string
}

async function issue(request: Readonly<Record<string, unknown>> = {}): Promise<Issued> {
  const { status, json } = await lab.call('POST', '/api/certificates', { userPrincipalName: bob.upn, ...request })
  expect(status).toBe(201)
  return json as Issued
}

/** curl with a certificate, following redirects from the passive end point. */
function visit(zone: Zone, { keyPem, certificatePem }: Pick<Issued, 'keyPem' | 'certificatePem'>, url = byCertificate) {
  files += 1
  const file = join(folder, `${files}.pem`)
  writeFileSync(file, `${keyPem}${certificatePem}`)
  return curl(stack, zone, ['--cert', file, '-L', url])
}

async function lastReason(): Promise<string> {
  const events = await lab.journal({ deployment: 'adfs' })
  return events
    .filter(({ host }) => host === 'certauth.adfs.contoso.com')
    .flatMap(({ reasons }) => reasons)
    .join('\n')
}

test('WEB-ONPREM-3 with a certificate inside: to the certificate host, back with a ticket, session, token', async () => {
  const { statuses, text } = await visit('corp', await issue())
  expect(statuses).toEqual([302, 302, 302, 200])
  expect(text).toContain('location: https://certauth.adfs.contoso.com:443/adfs/ls/?wa=wsignin1.0')
  expect(text).toContain('name="hiddenform" action="https://mail.contoso.com:443/owa/"')
  expect(text).toContain('AuthenticationMethod=&quot;urn:ietf:rfc:2246&quot;')
  const events = await lab.journal({ deployment: 'adfs' })
  expect(events.find(({ decisions }) => decisions.includes('credentialsAccepted'))).toMatchObject({
    user: bob.upn,
    host: 'adfs.contoso.com',
    reasons: expect.arrayContaining(['CertificateAuthentication']),
  })
})

test('from outside: TLS ends at AD FS, the policy of the extranet holds, and the rest of AD FS is not there', async () => {
  const certificate = await issue()
  const { statuses, text } = await visit('internet', certificate)
  expect(statuses).toEqual([302, 302, 302, 200])
  expect(text, 'MFA from the extranet').toContain('id="authMethod"')
  for (const path of [
    '/adfs/ls/wia',
    '/adfs/services/trust/13/windowstransport',
    '/adfs/proxy/GetConfiguration',
    '/adfs/portal/updatepassword',
  ]) {
    const answer = await visit('internet', certificate, `https://certauth.adfs.contoso.com${path}`)
    expect(answer.statuses, path).toEqual([404])
  }
})

test('a name in the Host header does not lead from the certificate host to the federation service', async () => {
  const { keyPem, certificatePem } = await issue()
  const file = join(folder, 'smuggled.pem')
  writeFileSync(file, `${keyPem}${certificatePem}`)
  const smuggled = ['--cert', file, '-H', 'Host: adfs.contoso.com', 'https://certauth.adfs.contoso.com/adfs/ls/wia']
  expect((await curl(stack, 'internet', smuggled)).statuses).toEqual([404])
})

test('a certificate without a UPN signs in whom altSecurityIdentities maps it to', async () => {
  const certificate = await issue({ nameInside: false })
  expect((await visit('corp', certificate)).text).toContain('MSIS7122')
  expect(await lastReason()).toContain('STATUS_NO_SUCH_USER')
  const { X509Certificate } = await import('node:crypto')
  const serial = Buffer.from(new X509Certificate(certificate.certificatePem).serialNumber, 'hex').reverse()
  const issuer = new X509Certificate(certificate.certificatePem).issuer.split('\n').join(',')
  const altSecurityIdentities = [`X509:<I>${issuer}<SR>${serial.toString('hex').toUpperCase()}`]
  await lab.call('PUT', '/api/directory/users/alice@contoso.com/certificate-mappings', { altSecurityIdentities })
  const { statuses, text } = await visit('corp', certificate)
  expect(statuses.at(-1)).toBe(200)
  expect(text).toContain('alice@contoso.com')
})

test.each<{ case: string; prepare: () => Promise<Pick<Issued, 'keyPem' | 'certificatePem'>>; reason: string }>([
  {
    case: 'a revoked one',
    reason: 'STATUS_SMARTCARD_CERT_REVOKED',
    prepare: async () => {
      const issued = await issue()
      expect((await lab.call('POST', `/api/certificates/${issued.serialNumber}/revoke`)).status).toBe(200)
      return issued
    },
  },
  {
    case: 'an expired one',
    reason: 'STATUS_SMARTCARD_CERT_EXPIRED',
    prepare: async () => {
      const issued = await issue({ validDays: 1 })
      await lab.clock({ advance: 'PT49H' })
      return issued
    },
  },
  {
    case: 'one of a foreign authority',
    reason: 'STATUS_ISSUING_CA_UNTRUSTED',
    prepare: async () => {
      const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2040-01-01T00:00:00Z') }
      const foreign = userAuthorityOf(await makeUserAuthority(validity))
      return foreign.issue({ commonName: 'bob', userPrincipalName: bob.upn, ...validity })
    },
  },
  {
    case: 'one of a disabled account',
    reason: 'STATUS_ACCOUNT_DISABLED',
    prepare: async () => {
      const issued = await issue()
      await lab.call('PATCH', `/api/directory/users/${bob.upn}`, { enabled: false })
      return issued
    },
  },
])('$case is refused: $reason', async ({ prepare, reason }) => {
  const { text } = await visit('corp', await prepare())
  expect(text).toContain('MSIS7122')
  expect(text).not.toContain('hiddenform')
  expect(await lastReason()).toContain(reason)
})

test('without a certificate there is MSIS7121', async () => {
  const { text } = await curl(stack, 'corp', ['-L', byCertificate])
  expect(text).toContain('MSIS7121')
})

test('a ticket is good for its request, once, and for a minute', async () => {
  const certificate = await issue()
  files += 1
  const file = join(folder, `${files}.pem`)
  writeFileSync(file, `${certificate.keyPem}${certificate.certificatePem}`)
  const leave = (url: string) => curl(stack, 'corp', ['--cert', file, url.replace('//adfs', '//certauth.adfs')])
  const ticketOf = (text: string) =>
    /^set-cookie: (MSISCertificate=[^;]+); Max-Age=60; Domain=adfs\.contoso\.com/im.exec(text)?.[1] ?? ''
  const redeem = (ticket: string, url: string) => curl(stack, 'corp', ['-H', `cookie: ${ticket}`, url])

  const ticket = ticketOf((await leave(byCertificate)).text)
  expect((await redeem(ticket, `${byCertificate}&other=1`)).text, 'another request').not.toContain('MSISAuth=')
  const second = ticketOf((await leave(byCertificate)).text)
  expect((await redeem(second, byCertificate)).text).toContain('MSISAuth=')
  expect((await redeem(second, byCertificate)).text, 'the same again').not.toContain('MSISAuth=')
  const third = ticketOf((await leave(byCertificate)).text)
  await lab.clock({ advance: 'PT61S' })
  expect((await redeem(third, byCertificate)).text, 'too late').not.toContain('MSISAuth=')
  expect((await redeem(`MSISCertificate=${'A'.repeat(43)}`, byCertificate)).text, 'a guess').not.toContain('MSISAuth=')
})
