import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attemptCmdlet } from '../../_cmdlet.ts'
import type { Stage } from '../../_stage.ts'
import { Device, openOffice } from '../_device.ts'
import { all, child, textOf } from '../elements.ts'

const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const open = new AsyncDisposableStack()
let stage: Stage
let device: Device
let certificates: Awaited<ReturnType<typeof issueAll>>

beforeAll(async () => {
  stage = open.use(await openOffice())
  device = new Device(stage)
  device.version = '16.1'
  await device.connect()
  certificates = await issueAll()
})
afterAll(() => open.disposeAsync())

const newKeys = () => webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
const validity = { notBefore: new Date('2026-01-01'), notAfter: new Date('2027-01-01') }
const ended = { notBefore: new Date('2025-01-01'), notAfter: new Date('2026-01-01') }
const forMail = new ExtendedKeyUsageExtension([ExtendedKeyUsage.emailProtection])
const authority = new BasicConstraintsExtension(true, undefined, true)

interface Issuer {
  readonly certificate: X509Certificate
  readonly keys: Awaited<ReturnType<typeof newKeys>>
}

async function issueRoot(CN: string): Promise<Issuer> {
  const keys = await newKeys()
  const name = [{ CN: [CN] }]
  const extensions = [authority]
  return {
    keys,
    certificate: await X509CertificateGenerator.createSelfSigned({
      name,
      keys,
      signingAlgorithm,
      ...validity,
      extensions,
    }),
  }
}

async function issue(
  issuer: Issuer,
  CN: string,
  extensions: readonly Extension[] = [forMail],
  dates = validity,
): Promise<Issuer> {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [CN] }],
    issuer: issuer.certificate.subjectName,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm,
    ...dates,
    extensions: [...extensions],
  })
  return { keys, certificate }
}

async function issueAll() {
  const root = await issueRoot('Root')
  const namesake = await issueRoot('Root')
  const between = await issue(root, 'Between', [authority])
  const late = await issue(root, 'Late', [authority], ended)
  const person = await issue(between, 'Bob')
  const listed = await issue(root, 'Listed', [
    forMail,
    new CRLDistributionPointsExtension(['http://crl.example/a.crl']),
  ])
  const made = {
    ...{ root, between, person, listed, late },
    direct: await issue(root, 'Direct'),
    forged: await issue(namesake, 'Forged'),
    expired: await issue(root, 'Expired', [forMail], ended),
    server: await issue(root, 'Server', [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])]),
    byPerson: await issue(person, 'Friend of Bob'),
    underLate: await issue(late, 'Under late'),
    stranger: await issueRoot('Stranger'),
  }
  const base64 = Object.entries(made).map(([name, { certificate }]) => [name, certificate.toString('base64')] as const)
  return Object.fromEntries(base64) as Record<keyof typeof made, string>
}

const run = async (name: string, parameters: object) => (await attemptCmdlet(stage, name, parameters)).status

/** As `Export-Certificate -Type SST` writes it. */
function serializedStore(...list: readonly string[]): string {
  const elements = list.flatMap((each) => {
    const der = Buffer.from(each, 'base64')
    const head = Buffer.alloc(12)
    for (const [index, value] of [0x20, 1, der.length].entries()) head.writeUInt32LE(value, index * 4)
    return [head, der]
  })
  return Buffer.concat([Buffer.from('0000000043455254', 'hex'), ...elements, Buffer.alloc(12)]).toString('base64')
}

async function validated(leaf: string, chain: readonly string[] = [], more = ''): Promise<string | undefined> {
  const tag = (each: string) => `<ValidateCert:Certificate>${each}</ValidateCert:Certificate>`
  const beside =
    chain.length > 0 ? `<ValidateCert:CertificateChain>${chain.map(tag).join('')}</ValidateCert:CertificateChain>` : ''
  const { root } = await device.send(
    'ValidateCert',
    `<ValidateCert:ValidateCert><ValidateCert:Certificates>${tag(leaf)}</ValidateCert:Certificates>${beside}${more}</ValidateCert:ValidateCert>`,
  )
  return textOf(child(root, 'ValidateCert:Certificate'), 'ValidateCert:Status')
}

const withLists = '<ValidateCert:CheckCRL>1</ValidateCert:CheckCRL>'

test('ValidateCert trusts nobody until Set-SmimeConfig says whom; then each flaw has its Status', async () => {
  const { root, between, person, direct, forged, expired, server, byPerson, late, underLate, stranger, listed } =
    certificates
  expect(await validated(person, [between, root])).toBe('4')
  expect(await run('Set-SmimeConfig', { SMIMECertificateIssuingCA: 'bm90aGluZw==' })).toBe(400)
  expect(await run('Set-SmimeConfig', { SMIMECertificateIssuingCA: serializedStore(root) })).toBe(200)
  const answers = {
    whole: await validated(person, [between]),
    direct: await validated(direct),
    forged: await validated(forged),
    stranger: await validated(stranger),
    issuedByPerson: await validated(byPerson, [person, between]),
    forServers: await validated(server),
    expired: await validated(expired),
    underExpired: await validated(underLate, [late]),
    withoutChain: await validated(person),
    revocationUnreachable: await validated(listed, [], withLists),
    revocationUnknown: await validated(direct, [], withLists),
  }
  expect(answers).toEqual({
    ...{ whole: '1', direct: '1', forged: '3', stranger: '4', issuedByPerson: '5', forServers: '6', expired: '7' },
    ...{ underExpired: '8', withoutChain: '10', revocationUnreachable: '14', revocationUnknown: '16' },
  })
})

test('ResolveRecipients gives the certificates of Set-Mailbox that are good for mail, within MaxCertificates', async () => {
  const { person, direct, expired, server } = certificates
  expect(await run('Set-Mailbox', { Identity: 'dave', UserCertificate: ['bm90aGluZw=='] })).toBe(400)
  expect(await run('Set-Mailbox', { Identity: 'dave', UserCertificate: [person, direct, expired, server] })).toBe(200)
  const resolved = async (retrieval: number, more = '') => {
    const options = `<ResolveRecipients:Options><ResolveRecipients:CertificateRetrieval>${retrieval}</ResolveRecipients:CertificateRetrieval>${more}</ResolveRecipients:Options>`
    const { root } = await device.send(
      'ResolveRecipients',
      `<ResolveRecipients:ResolveRecipients><ResolveRecipients:To>dave</ResolveRecipients:To><ResolveRecipients:To>bob</ResolveRecipients:To>${options}</ResolveRecipients:ResolveRecipients>`,
    )
    return all(root, 'ResolveRecipients:Response').map((each) => {
      const given = child(child(each, 'ResolveRecipients:Recipient'), 'ResolveRecipients:Certificates')
      return given?.children.map(({ value }) => value)
    })
  }
  const most = (count: number) => `<ResolveRecipients:MaxCertificates>${count}</ResolveRecipients:MaxCertificates>`
  expect(await resolved(1)).toEqual([undefined, undefined])
  expect(await resolved(2)).toEqual([
    ['1', '2', '1', person, direct],
    ['7', '0', '0'],
  ])
  expect(await resolved(2, most(1))).toEqual([
    ['8', '2', '1'],
    ['7', '0', '0'],
  ])
  const [[, , , ...thumbprints] = []] = await resolved(3)
  expect(thumbprints.map((each) => Buffer.from(String(each), 'base64').length)).toEqual([20, 20])
  expect(await run('Set-Mailbox', { Identity: 'dave', UserCertificate: null })).toBe(200)
  expect((await resolved(2))[0]).toEqual(['7', '0', '0'])
})
