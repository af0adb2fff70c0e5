import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { Assertion, Attestation } from './ceremony.ts'
import { relyingParty } from './ceremony.ts'

/** What a test changes of an honest answer. */
export interface AnswerChanges {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: string
  readonly counter?: number
  readonly userVerified?: boolean
  readonly userHandle?: string | null
  readonly signer?: KeyObject
}

/** A passkey in software: ES256, resident, with a counter. */
export class SoftwareAuthenticator {
  readonly credentialId = randomBytes(32).toString('base64url')
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  #counter = 0
  #userHandle = ''

  create(challenge: string, userHandle: string, changes: AnswerChanges = {}): Attestation {
    this.#userHandle = userHandle
    const id = Buffer.from(this.credentialId, 'base64url')
    const length = Buffer.alloc(2)
    length.writeUInt16BE(id.length)
    const credential = Buffer.concat([Buffer.alloc(16), length, id, this.#coseKey()])
    const authData = Buffer.concat([this.#authenticatorData(0x40, changes), credential])
    return {
      id: this.credentialId,
      clientDataJSON: clientData('webauthn.create', challenge, changes).toString('base64url'),
      attestationObject: attestationObject(authData).toString('base64url'),
      transports: ['internal'],
    }
  }

  get(challenge: string, changes: AnswerChanges = {}): Assertion {
    this.#counter = changes.counter ?? this.#counter + 1
    const data = clientData('webauthn.get', challenge, changes)
    const authenticatorData = this.#authenticatorData(0, changes)
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(data).digest()])
    return {
      id: this.credentialId,
      clientDataJSON: data.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: createSign('sha256')
        .update(signed)
        .sign(changes.signer ?? this.#keys.privateKey, 'base64url'),
      userHandle: changes.userHandle === undefined ? this.#userHandle : changes.userHandle,
    }
  }

  #authenticatorData(flags: number, { rpId = relyingParty.id, userVerified = true }: AnswerChanges): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.#counter)
    const present = 0x01 | (userVerified ? 0x04 : 0) | flags
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([present]), counter])
  }

  /** RFC 9053 §7.1: an EC2 key in CBOR. */
  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    const bytes = (value: string) => Buffer.concat([Buffer.from([0x58, 0x20]), Buffer.from(value, 'base64url')])
    const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21])
    return Buffer.concat([head, bytes(x), Buffer.from([0x22]), bytes(y)])
  }
}

function clientData(type: string, challenge: string, changes: AnswerChanges): Buffer {
  const signed = Buffer.from(changes.challenge ?? challenge, 'utf8').toString('base64url')
  const origin = changes.origin ?? relyingParty.origin
  return Buffer.from(JSON.stringify({ type: changes.type ?? type, challenge: signed, origin, crossOrigin: false }))
}

/** WebAuthn §6.5.4, with the attestation "none". */
function attestationObject(authData: Buffer): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(authData.length)
  const data = Buffer.concat([Buffer.from([0x59]), length, authData])
  const empty = Buffer.from([0xa0])
  return Buffer.concat([Buffer.from([0xa3]), text('fmt'), text('none'), text('attStmt'), empty, text('authData'), data])
}
