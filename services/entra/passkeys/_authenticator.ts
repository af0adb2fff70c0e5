import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import {
  assertionSignature,
  attestationObject,
  authenticatorData,
  clientData,
  newCredentialData,
} from './authenticator-bytes.ts'
import type { Assertion, Attestation } from './ceremony.ts'
import { challengeBytes, relyingParty } from './ceremony.ts'

/** What a test changes of an honest answer. */
export interface AnswerChanges {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: 'webauthn.create' | 'webauthn.get'
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
    const credential = { id, aaguid: Buffer.alloc(16), publicKey: this.#keys.publicKey }
    return {
      id: this.credentialId,
      clientDataJSON: told('webauthn.create', challenge, changes).toString('base64url'),
      attestationObject: attestationObject(newCredentialData(this.#facts(changes), credential)).toString('base64url'),
      transports: ['internal'],
    }
  }

  get(challenge: string, changes: AnswerChanges = {}): Assertion {
    this.#counter = changes.counter ?? this.#counter + 1
    const data = told('webauthn.get', challenge, changes)
    const facts = authenticatorData(this.#facts(changes))
    return {
      id: this.credentialId,
      clientDataJSON: data.toString('base64url'),
      authenticatorData: facts.toString('base64url'),
      signature: assertionSignature(facts, data, changes.signer ?? this.#keys.privateKey).toString('base64url'),
      userHandle: changes.userHandle === undefined ? this.#userHandle : changes.userHandle,
    }
  }

  #facts({ rpId = relyingParty.id, userVerified = true }: AnswerChanges) {
    return { rpId, userVerified, counter: this.#counter }
  }
}

function told(type: 'webauthn.create' | 'webauthn.get', challenge: string, changes: AnswerChanges): Buffer {
  const asked = challengeBytes(changes.challenge ?? challenge)
  return clientData(changes.type ?? type, asked, changes.origin ?? relyingParty.origin)
}
