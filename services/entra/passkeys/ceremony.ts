import type { AuthenticatorTransport, Base64URLString } from '@simplewebauthn/server'
import { z } from 'zod'

/** Passkeys belong to this name, whichever alias the sign-in came by ("Support for FIDO2 authentication"). */
export const relyingParty = { id: 'login.microsoft.com', origin: 'https://login.microsoft.com' } as const

const base64url = z
  .string()
  .max(8192)
  .regex(/^[A-Za-z0-9_-]+$/)

const assertionSchema = z.object({
  id: base64url,
  clientDataJSON: base64url,
  authenticatorData: base64url,
  signature: base64url,
  userHandle: base64url.nullish(),
})

/** What a page brings back from navigator.credentials.get, as the product's form field `assertion` has it. */
export type Assertion = z.output<typeof assertionSchema>

const transports = z.array(z.enum(['ble', 'hybrid', 'internal', 'nfc', 'usb']))

const attestationSchema = z.object({
  id: base64url,
  clientDataJSON: base64url,
  attestationObject: z
    .string()
    .max(65_536)
    .regex(/^[A-Za-z0-9_-]+$/),
  transports: transports.catch([]).default([]),
})

export type Attestation = Omit<z.output<typeof attestationSchema>, 'transports'> & {
  readonly transports: readonly AuthenticatorTransport[]
}

/** Undefined for what no browser sends. */
export function readAssertion(text: string): Assertion | undefined {
  return read(assertionSchema, text)
}

export function readAttestation(text: string): Attestation | undefined {
  return read(attestationSchema, text)
}

function read<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const clientDataSchema = z.object({ challenge: base64url })

/** The challenge that was answered, before anything is believed about the answer. */
export function answeredChallenge(clientDataJSON: Base64URLString): string | undefined {
  const clientData = read(clientDataSchema, Buffer.from(clientDataJSON, 'base64url').toString('utf8'))
  return clientData && Buffer.from(clientData.challenge, 'base64url').toString('utf8')
}

/** A challenge is text on the page; the authenticator signs its bytes. */
export function challengeBytes(challenge: string): Base64URLString {
  return Buffer.from(challenge, 'utf8').toString('base64url')
}

/** What the authenticator keeps to name the account. */
export function userHandleOf(objectId: string): Base64URLString {
  return Buffer.from(objectId, 'utf8').toString('base64url')
}
