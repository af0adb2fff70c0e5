import 'reflect-metadata'
import { createHash, generateKeyPair, type KeyObject, sign, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { Pkcs10CertificateRequestGenerator, X509CertificateGenerator } from '@peculiar/x509'

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const newKeyPair = promisify(generateKeyPair)

export interface PkeyAuthChallenge {
  readonly nonce: string
  readonly context: string
  /** Where the answer goes, and what its token is addressed to. */
  readonly submitUrl: string
  readonly certificateAuthorities: string
}

/** What a test changes in an answer, to see it refused. */
export interface AnswerChanges {
  readonly nonce?: string
  readonly context?: string
  readonly audience?: string
  readonly issuedAt?: number
  readonly algorithm?: string
  /** Signs with its own key what claims to be this device's. */
  readonly forger?: Device
}

/** A phone or computer with a key of its own: it asks for a certificate, and proves itself with it. */
export class Device {
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject
  #certificate: string | undefined

  constructor(privateKey: KeyObject, publicKey: KeyObject) {
    this.#privateKey = privateKey
    this.#publicKey = publicKey
  }

  /** PKCS #10, base64. */
  async certificateRequest(): Promise<string> {
    const name = 'CN=7E980AD9-B86D-4306-9425-9AC066FB014A'
    const keys = this.#keys()
    const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm })
    return Buffer.from(request.rawData).toString('base64')
  }

  /** Claims to be a device that the tenant knows, with nobody's word but its own. */
  async certifyItself(deviceId: string): Promise<void> {
    const own = { name: `CN=${deviceId}`, keys: this.#keys(), signingAlgorithm: algorithm }
    const notAfter = new Date(Date.UTC(2100, 0, 1))
    const certificate = await X509CertificateGenerator.createSelfSigned({ ...own, notAfter })
    this.#certificate = Buffer.from(certificate.rawData).toString('base64')
  }

  #keys(): webcrypto.CryptoKeyPair {
    const publicKey = this.#publicKey.toCryptoKey(algorithm, true, ['verify'])
    const privateKey = this.#privateKey.toCryptoKey(algorithm, true, ['sign'])
    return { privateKey, publicKey } as webcrypto.CryptoKeyPair
  }

  /** Base64 of the DER that came back. */
  keepCertificate(certificate: string): void {
    this.#certificate = certificate
  }

  get certificate(): string {
    if (this.#certificate === undefined) throw new Error('this device has no certificate yet')
    return this.#certificate
  }

  get isCertified(): boolean {
    return this.#certificate !== undefined
  }

  get thumbprint(): string {
    return createHash('sha1').update(Buffer.from(this.certificate, 'base64')).digest('hex').toUpperCase()
  }

  /** For clients that show the certificate in TLS. */
  pem(): { readonly privateKeyPem: string; readonly certificatePem: string } {
    const lines = this.certificate.match(/.{1,64}/g)?.join('\n') ?? ''
    return {
      privateKeyPem: this.#privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificatePem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    }
  }

  /** The value of Authorization that answers a challenge; without a certificate it says so. */
  answer(challenge: PkeyAuthChallenge, now: number, changes: AnswerChanges = {}): string {
    const context = changes.context ?? challenge.context
    if (!this.isCertified) return `PKeyAuth Context="${context}",Version="1.0"`
    const header = { alg: changes.algorithm ?? 'RS256', typ: 'JWT', x5c: [this.certificate] }
    const payload = {
      aud: changes.audience ?? challenge.submitUrl,
      iat: String(changes.issuedAt ?? now),
      nonce: changes.nonce ?? challenge.nonce,
    }
    const input = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = (changes.forger ?? this).#sign(input)
    return `PKeyAuth AuthToken="${input}.${signature}",Context="${context}",Version="1.0"`
  }

  #sign(input: string): string {
    return sign('sha256', Buffer.from(input), this.#privateKey).toString('base64url')
  }
}

export async function newDevice(modulusLength = 2048): Promise<Device> {
  const { privateKey, publicKey } = await newKeyPair('rsa', { modulusLength })
  return new Device(privateKey, publicKey)
}

/** `urn:http-auth:PKeyAuth?…`; undefined for any other address. */
export function challengeAt(location: string): PkeyAuthChallenge | undefined {
  if (!location.startsWith('urn:http-auth:PKeyAuth?')) return undefined
  const parameters = new URLSearchParams(location.slice(location.indexOf('?') + 1))
  return challengeOf((name) => parameters.get(name))
}

/** The value of WWW-Authenticate. */
export function challengeIn(header: string | null): PkeyAuthChallenge | undefined {
  if (!header?.startsWith('PKeyAuth ')) return undefined
  const parameters = new Map([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
  return challengeOf((name) => parameters.get(name) ?? null)
}

function challengeOf(read: (name: string) => string | null): PkeyAuthChallenge {
  const [nonce, context, submitUrl, certificateAuthorities, version] = [
    'Nonce',
    'Context',
    'SubmitUrl',
    'CertAuthorities',
    'Version',
  ].map(read)
  if (!nonce || !context || !submitUrl || !certificateAuthorities || version !== '1.0')
    throw new Error('the challenge lacks a part of itself')
  return { nonce, context, submitUrl, certificateAuthorities }
}
