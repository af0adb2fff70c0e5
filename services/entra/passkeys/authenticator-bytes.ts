import { createHash, createSign, type KeyObject } from 'node:crypto'

/** What an authenticator says of one ceremony. */
export interface AuthenticatorFacts {
  readonly rpId: string
  readonly counter: number
  readonly userVerified: boolean
}

/** [WebAuthn] §6.1, flags: the person is there, was verified, and a credential follows. */
const present = 0x01
const verified = 0x04
const credentialFollows = 0x40

/** [WebAuthn] §6.1: authenticator data without a credential, as assertions have it. */
export function authenticatorData({ rpId, counter, userVerified }: AuthenticatorFacts, moreFlags = 0): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  const flags = present | (userVerified ? verified : 0) | moreFlags
  return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([flags]), count])
}

/** [WebAuthn] §6.5.1: with the credential that was made. `aaguid` tells the model in 16 bytes. */
export function newCredentialData(
  facts: AuthenticatorFacts,
  { id, aaguid, publicKey }: { readonly id: Buffer; readonly aaguid: Buffer; readonly publicKey: KeyObject },
): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(id.length)
  return Buffer.concat([authenticatorData(facts, credentialFollows), aaguid, length, id, coseKey(publicKey)])
}

/** RFC 9053 §7.1: an ES256 key of P-256 in CBOR, in the canonical order of CTAP2. */
export function coseKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const bytes = (value: string) => Buffer.concat([Buffer.from([0x58, 0x20]), Buffer.from(value, 'base64url')])
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21])
  return Buffer.concat([head, bytes(x), Buffer.from([0x22]), bytes(y)])
}

/** [WebAuthn] §6.5.4: the attestation object of one that attests nothing. */
export function attestationObject(authData: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(authData.length)
  const data = Buffer.concat([Buffer.from([0x59]), length, authData])
  const empty = Buffer.from([0xa0])
  return Buffer.concat([Buffer.from([0xa3]), text('fmt'), text('none'), text('attStmt'), empty, text('authData'), data])
}

/** [WebAuthn] §5.8.1: what a browser hashes for the authenticator to sign. `challenge` is base64url. */
export function clientData(type: 'webauthn.create' | 'webauthn.get', challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

/** [WebAuthn] §6.3.3: over the authenticator data and the hash of the client data. */
export function assertionSignature(authData: Buffer, client: Buffer, privateKey: KeyObject): Buffer {
  const signed = Buffer.concat([authData, createHash('sha256').update(client).digest()])
  return createSign('sha256').update(signed).sign(privateKey)
}
