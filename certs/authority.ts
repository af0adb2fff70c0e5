import { createHash, createPrivateKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { IssuedPair } from './issue.ts'
import { type KeptFiles, readOrMake } from './kept-folder.ts'
import { makeUserAuthority, type UserAuthority, userAuthorityOf } from './user-authority.ts'
import { hasDaysLeft, validFor } from './validity.ts'
import { wallClock } from './wall-clock.ts'

interface AuthorityOptions {
  readonly directory: string
  /** DNS suffixes that the CA may vouch for; `localhost` and loopback addresses are always among them. */
  readonly domains: readonly string[]
  readonly now?: () => Date
}

interface Leaf {
  readonly keyPem: string
  /** The leaf, then the CA: Chromium's trust by SPKI hash needs the CA in the chain that the server sends. */
  readonly certificatePem: string
  /** Upper-case hexadecimal SHA-1. */
  readonly thumbprint: string
}

export interface MachineIdentity extends Leaf {
  readonly name: string
  readonly privateKey: KeyObject
  /** RFC 7515 §4.1.6: base64 DER, the leaf first. */
  readonly x5c: readonly string[]
}

export interface PublicSigningJwk {
  readonly kty: 'RSA'
  readonly use: 'sig'
  readonly kid: string
  readonly x5t: string
  readonly n: string
  readonly e: string
  readonly x5c: readonly string[]
}

export interface SigningKey {
  readonly privateKey: KeyObject
  readonly certificatePem: string
  readonly certificateDer: Buffer
  /** Upper-case hexadecimal SHA-1. */
  readonly thumbprint: string
  /** RFC 7515 §4.1.7. */
  readonly x5t: string
  readonly publicJwk: PublicSigningJwk
}

interface SigningKeyRequest {
  readonly name: string
  /** A distinguished name: `CN=ADFS Signing - adfs.contoso.com`. */
  readonly subject: string
  readonly generation?: number
}

interface ClientCertificateRequest {
  readonly name: string
  readonly commonName: string
  /** Made anew and kept nowhere. */
  readonly validAt?: Date
}

export interface Authority {
  readonly caPem: string
  readonly caFile: string
  /** DNS suffixes that it may vouch for. */
  readonly domains: readonly string[]
  /** For Chromium's `--ignore-certificate-errors-spki-list`. */
  readonly caSpkiSha256: string
  /** 32 bytes that the stack's own gateways and deployments share. */
  readonly gatewaySecret: Buffer
  leafFor(request: { readonly name: string; readonly hosts: readonly string[] }): Promise<Leaf>
  /** One that was good until yesterday; made anew and kept nowhere. */
  expiredLeafFor(request: { readonly name: string; readonly hosts: readonly string[] }): Promise<Leaf>
  machineIdentity(name: string): Promise<MachineIdentity>
  signingKeyFor(request: SigningKeyRequest): Promise<SigningKey>
  /** Self-signed, for client authentication: the machine's own of that name, or one made for another instant. */
  clientCertificateFor(request: ClientCertificateRequest): Promise<IssuedPair>
  /** Issues certificates to people; its name is no server's, so that browsers offer those only where it is asked for. */
  userAuthority(): Promise<UserAuthority>
}

interface Pair extends IssuedPair {
  readonly certificate: X509Certificate
}

/** The Baseline Requirements' limit of 398 days, less one. */
const leafDays = 397
const leafRenewalDays = 30
const authorityDays = 3652
const signingDays = 1826
const clientDays = 20
const clientRenewalDays = 10
const keyFile = 'key.pem'
const certificateFile = 'certificate.pem'

/** Opens the machine's CA in `directory`; whatever is missing is made once and read from there on. */
export async function openAuthority({ directory, domains, now = wallClock }: AuthorityOptions): Promise<Authority> {
  const permitted = normalise(domains)
  const home = join(directory, `authority-${fingerprint(permitted)}`)
  await makePrivate(directory)
  await makePrivate(home)
  const [root, gatewaySecret] = await Promise.all([readRoot(home, permitted, now), readGatewaySecret(directory)])
  const remember = memory()
  const leaf = async (name: string, requested: readonly string[]) => {
    const hosts = normaliseHosts(requested, permitted)
    return remember(`leaf ${name} ${hosts.join(' ')}`, () => readLeaf({ home, root, name, hosts, now }))
  }
  return {
    caPem: root.certificatePem,
    caFile: await exportCertificate(home, root.certificatePem),
    caSpkiSha256: spkiSha256(root.certificate),
    domains: permitted,
    gatewaySecret,
    leafFor: ({ name, hosts }) => leaf(name, hosts),
    expiredLeafFor: ({ name, hosts }) => expiredLeaf(root, name, normaliseHosts(hosts, permitted), now()),
    machineIdentity: (name) =>
      remember(`machine ${name}`, async () => identityOf(name, await leaf(name, [`${labelOf(name)}.localhost`]), root)),
    signingKeyFor: ({ name, subject, generation = 1 }) =>
      remember(`signing ${name} ${generation} ${subject}`, () =>
        readSigningKey({ directory, name, subject, generation, now }),
      ),
    clientCertificateFor: ({ name, commonName, validAt }) =>
      validAt
        ? issueClient(commonName, validAt)
        : remember(`client ${name} ${commonName}`, () => readClientCertificate({ directory, name, commonName, now })),
    userAuthority: () => remember('user authority', () => readUserAuthority(directory, now)),
  }
}

async function readRoot(home: string, domains: readonly string[], now: () => Date): Promise<Pair> {
  // Every leaf has to end before its CA does.
  return current(join(home, 'ca'), leafDays, now, async () => {
    const { issueAuthority } = await import('./issue.ts')
    const commonName = `Fauxchange CA ${randomBytes(4).toString('hex')}`
    return issueAuthority({ commonName, domains, validity: validFor(authorityDays, now()) })
  })
}

async function readLeaf(options: {
  readonly home: string
  readonly root: Pair
  readonly name: string
  readonly hosts: readonly string[]
  readonly now: () => Date
}): Promise<Leaf> {
  const { root, name, hosts, now } = options
  const folder = `leaf-${labelOf(name)}-${fingerprint([root.certificate.fingerprint256, name, ...hosts])}`
  const pair = await current(join(options.home, folder), leafRenewalDays, now, async () => {
    const { issueLeaf } = await import('./issue.ts')
    return issueLeaf({ authority: root, commonName: name, hosts, validity: validFor(leafDays, now()) })
  })
  return {
    keyPem: pair.keyPem,
    certificatePem: pair.certificatePem + root.certificatePem,
    thumbprint: digest('sha1', pair.certificate.raw).toString('hex').toUpperCase(),
  }
}

async function expiredLeaf(root: Pair, name: string, hosts: readonly string[], now: Date): Promise<Leaf> {
  const { issueLeaf } = await import('./issue.ts')
  const day = 86_400_000
  const validity = { notBefore: new Date(now.getTime() - 30 * day), notAfter: new Date(now.getTime() - day) }
  const { keyPem, certificatePem } = await issueLeaf({ authority: root, commonName: name, hosts, validity })
  const thumbprint = digest('sha1', new X509Certificate(certificatePem).raw).toString('hex').toUpperCase()
  return { keyPem, certificatePem: certificatePem + root.certificatePem, thumbprint }
}

async function readSigningKey(options: {
  readonly directory: string
  readonly name: string
  readonly subject: string
  readonly generation: number
  readonly now: () => Date
}): Promise<SigningKey> {
  const { name, subject, generation, now } = options
  if (!subject.includes('=')) throw new Error(`"${subject}" is not a distinguished name such as "CN=${subject}"`)
  const folder = `signing-${labelOf(name)}-${generation}-${fingerprint([name, subject])}`
  const pair = await current(join(options.directory, folder), leafRenewalDays, now, async () => {
    const { issueTokenSigning } = await import('./issue.ts')
    return issueTokenSigning({ subject, validity: validFor(signingDays, now()) })
  })
  return signingKeyOf(pair)
}

async function readClientCertificate(options: {
  readonly directory: string
  readonly name: string
  readonly commonName: string
  readonly now: () => Date
}): Promise<IssuedPair> {
  const { name, commonName, now } = options
  const folder = join(options.directory, `client-${labelOf(name)}-${fingerprint([name, commonName])}`)
  return current(folder, clientRenewalDays, now, () => issueClient(commonName, now()))
}

async function issueClient(commonName: string, now: Date): Promise<IssuedPair> {
  const { issueClientCertificate } = await import('./issue.ts')
  return issueClientCertificate({ commonName, validity: validFor(clientDays, now) })
}

async function readUserAuthority(directory: string, now: () => Date): Promise<UserAuthority> {
  const folder = join(directory, 'user-authority')
  return userAuthorityOf(await current(folder, leafDays, now, () => makeUserAuthority(validFor(authorityDays, now()))))
}

function signingKeyOf({ keyPem, certificatePem, certificate }: Pair): SigningKey {
  const sha1 = digest('sha1', certificate.raw)
  const x5t = sha1.toString('base64url')
  const { n, e } = certificate.publicKey.export({ format: 'jwk' }) as { n: string; e: string }
  const x5c = [certificate.raw.toString('base64')]
  return {
    privateKey: createPrivateKey(keyPem),
    certificatePem,
    certificateDer: certificate.raw,
    thumbprint: sha1.toString('hex').toUpperCase(),
    x5t,
    publicJwk: { kty: 'RSA', use: 'sig', kid: x5t, x5t, n, e, x5c },
  }
}

function identityOf(name: string, leaf: Leaf, root: Pair): MachineIdentity {
  const own = new X509Certificate(leaf.certificatePem)
  const x5c = [own, root.certificate].map((certificate) => certificate.raw.toString('base64'))
  return { name, ...leaf, privateKey: createPrivateKey(leaf.keyPem), x5c }
}

/** Renewal takes the next number instead of replacing files, so no process ever reads a key of one and a certificate of another. */
async function current(
  folder: string,
  daysNeeded: number,
  now: () => Date,
  make: () => Promise<IssuedPair>,
): Promise<Pair> {
  for (let issue = 1; ; issue += 1) {
    const files = await readOrMake(`${folder}-${issue}`, [keyFile, certificateFile], async () => {
      const { keyPem, certificatePem } = await make()
      return { [keyFile]: keyPem, [certificateFile]: certificatePem }
    })
    const pair = pairOf(files)
    if (hasDaysLeft(pair.certificate, daysNeeded, now())) return pair
  }
}

function pairOf(files: KeptFiles<typeof keyFile | typeof certificateFile>): Pair {
  const certificatePem = files[certificateFile].toString()
  return { keyPem: files[keyFile].toString(), certificatePem, certificate: new X509Certificate(certificatePem) }
}

async function readGatewaySecret(directory: string): Promise<Buffer> {
  const files = await readOrMake(join(directory, 'gateway'), ['secret'], async () => ({ secret: randomBytes(32) }))
  return files.secret
}

/** A copy for people: stable name, no key beside it. */
async function exportCertificate(home: string, certificatePem: string): Promise<string> {
  const file = join(home, 'ca.pem')
  const present = await readFile(file, 'utf8').catch(() => undefined)
  if (present === certificatePem) return file
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, certificatePem, { mode: 0o644 })
  await rename(draft, file)
  return file
}

async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  // A volume's mount point may belong to somebody else; the key files are closed by their own mode.
  await chmod(directory, 0o700).catch(() => undefined)
}

function memory(): <Value>(key: string, read: () => Promise<Value>) => Promise<Value> {
  const kept = new Map<string, Promise<unknown>>()
  return <Value>(key: string, read: () => Promise<Value>) => {
    const known = kept.get(key) as Promise<Value> | undefined
    if (known) return known
    const reading = read()
    kept.set(key, reading)
    reading.catch(() => kept.delete(key))
    return reading
  }
}

function normalise(domains: readonly string[]): readonly string[] {
  const names = domains.map((domain) => domain.toLowerCase().replace(/^\.+|\.+$/g, ''))
  return [...new Set([...names, 'localhost'])].sort()
}

function normaliseHosts(hosts: readonly string[], permitted: readonly string[]): readonly string[] {
  const names = [...new Set(hosts.map((host) => host.toLowerCase()))].sort()
  const foreign = names.filter((name) => !isPermitted(name, permitted))
  if (foreign.length === 0 && names.length > 0) return names
  throw new Error(`The CA may not vouch for [${foreign.join(', ')}]. It was made for [${permitted.join(', ')}].`)
}

function isPermitted(host: string, permitted: readonly string[]): boolean {
  if (isIP(host)) return host === '::1' || host.startsWith('127.')
  return permitted.some((domain) => host === domain || host.endsWith(`.${domain}`))
}

function labelOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
}

function fingerprint(parts: readonly string[]): string {
  return digest('sha256', parts.join('\n')).toString('hex').slice(0, 12)
}

function spkiSha256(certificate: X509Certificate): string {
  return digest('sha256', certificate.publicKey.export({ type: 'spki', format: 'der' })).toString('base64')
}

function digest(algorithm: 'sha1' | 'sha256', data: string | Buffer): Buffer {
  return createHash(algorithm).update(data).digest()
}
