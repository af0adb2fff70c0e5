import { z } from 'zod'
import type { ApiRoute } from '../api/route.ts'
import type { Manage } from '../peers/ask.ts'
import { type TenantRow, tenantRow, upnParameters } from '../tenant/tenant-row.ts'
import { passkeysSchema } from './phone.ts'

const parameters = upnParameters.extend({ id: z.string().min(1).describe('The id of the passkey.') })
const name = z.string().trim().min(1).max(30)

const heldSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  credentialId: z.string().describe('Base64url.'),
  rpId: z.string(),
  userHandle: z.string().describe('Base64url.'),
  privateKey: z.string().describe('PKCS #8 in base64, for a virtual authenticator.'),
  signCount: z.number(),
})

const rows: readonly TenantRow[] = [
  {
    method: 'GET',
    path: '/api/mfa/{upn}/passkeys',
    name: 'listPasskeys',
    summary: 'The passkeys of a person',
    parameters: upnParameters,
    answer: passkeysSchema,
  },
  {
    method: 'POST',
    path: '/api/mfa/{upn}/passkeys',
    name: 'createPasskey',
    summary: 'Make a passkey on the phone of a person and register it',
    description: 'Answers with its private key, for a virtual authenticator or a client that signs by itself.',
    parameters: upnParameters,
    body: z.strictObject({ name: name.describe('As the security info shows it.').optional() }).prefault({}),
    status: 201,
    answer: heldSchema,
  },
  {
    method: 'PUT',
    path: '/api/mfa/{upn}/passkeys',
    name: 'keepPasskey',
    summary: 'Put a passkey that a virtual authenticator has made, or has signed with, on the phone',
    parameters: upnParameters,
    body: z.strictObject({
      credentialId: z.base64url().describe('Base64url.'),
      privateKey: z.base64().describe('PKCS #8 in base64; ES256.'),
      signCount: z.int().min(0).describe('How often it has signed.').optional(),
    }),
    answer: z.looseObject({ credentialId: z.string(), signCount: z.number() }),
  },
  {
    method: 'GET',
    path: '/api/mfa/{upn}/passkeys/{id}',
    name: 'readPasskey',
    summary: 'A passkey that is on the phone, with its private key',
    parameters,
    answer: heldSchema,
  },
  {
    method: 'PATCH',
    path: '/api/mfa/{upn}/passkeys/{id}',
    name: 'renamePasskey',
    summary: 'Give a passkey another name',
    parameters,
    body: z.strictObject({ name }),
    answer: z.looseObject({ id: z.string(), name: z.string() }),
  },
  {
    method: 'DELETE',
    path: '/api/mfa/{upn}/passkeys/{id}',
    name: 'removePasskey',
    summary: 'Remove a passkey from the account and from the phone',
    parameters,
  },
  {
    method: 'POST',
    path: '/api/mfa/{upn}/passkeys/{id}/sign',
    name: 'signWithPasskey',
    summary: 'Let the phone sign a challenge, for clients without a browser',
    description: 'Answers as navigator.credentials.get() does, in the JSON form of WebAuthn.',
    parameters,
    body: z.strictObject({
      challenge: z.base64url().min(1).describe('As PublicKeyCredentialRequestOptionsJSON has it: base64url.'),
      origin: z.url().describe('Of the page that asks; https://login.microsoft.com when left out.').optional(),
    }),
    answer: z.looseObject({ id: z.string(), type: z.literal('public-key'), response: z.looseObject({}) }),
  },
]

/** Passkeys of the simulated phone. Private keys are in answers alone, never in the journal. */
export function passkeyRoutes(manage: Manage): readonly ApiRoute[] {
  return rows.map((row) => tenantRow(manage, row))
}
