import 'reflect-metadata'
import { generateKeyPair, type KeyObject, type webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { z } from 'zod'
import type { Clock } from '#shared/clock.ts'
import { encodedHeader, signJwt } from '#shared/jwt/own-token.ts'
import { synchronize } from '../directory/active-directory.ts'
import { LabError } from '../errors.ts'
import { ask, type Manage } from '../peers/ask.ts'
import { readDevices, readTenantUsers, tenantPath } from '../tenant/tenant.ts'

/** The registered phone of somebody: a key, and the tenant's certificate for it. */
export interface PhoneDevice {
  /** `urn:http-auth:PKeyAuth?…`: where the answer goes, and the Authorization header that it is. */
  answer(challenge: string): Promise<{ readonly url: string; readonly authorization: string }>
}

const newKeyPair = promisify(generateKeyPair)
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/**
 * A phone that is registered has a key that nobody sees; the simulated one gets a new key with every sign-in, and Entra
 * Connect takes its certificate to Active Directory at once, for AD FS to know it.
 * @throws LabError for somebody without a registered phone or computer.
 */
export async function registeredDeviceOf(manage: Manage, address: string, clock: Clock): Promise<PhoneDevice> {
  const deviceId = await deviceIdOf(manage, address)
  const { privateKey, publicKey } = await newKeyPair('rsa', { modulusLength: 2048 })
  const json = { certificateRequest: await certificateRequest(privateKey, publicKey) }
  const request = {
    deployment: 'entra',
    path: tenantPath`/devices/${deviceId}/certificate`,
    method: 'POST',
    json,
  } as const
  const { certificate } = await ask(manage, request, z.object({ certificate: z.string() }))
  await synchronize(manage)
  const header = encodedHeader({ alg: 'RS256', typ: 'JWT', x5c: [certificate] })
  return {
    async answer(challenge) {
      const { nonce, context, submitUrl } = readChallenge(challenge)
      const token = await signJwt(header, { aud: submitUrl, iat: String(clock.seconds()), nonce }, privateKey)
      return { url: submitUrl, authorization: `PKeyAuth AuthToken="${token}",Context="${context}",Version="1.0"` }
    },
  }
}

const mobile = ['ios', 'android']

/** A phone before anything else that the person owns. */
async function deviceIdOf(manage: Manage, address: string): Promise<string> {
  const [users, devices] = await Promise.all([readTenantUsers(manage), readDevices(manage)])
  const owner = users.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === address.toLowerCase())
  const owned = devices.filter(({ ownerId }) => ownerId !== undefined && ownerId === owner?.objectId)
  const phone = owned.find(({ operatingSystem }) => mobile.includes(operatingSystem.toLowerCase())) ?? owned[0]
  if (phone) return phone.deviceId
  throw new LabError('conflict', { message: `${address} has no registered device.` })
}

async function certificateRequest(privateKey: KeyObject, publicKey: KeyObject): Promise<string> {
  const keys = {
    privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']),
    publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']),
  } as webcrypto.CryptoKeyPair
  const name = 'CN=7E980AD9-B86D-4306-9425-9AC066FB014A'
  const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm })
  return Buffer.from(request.rawData).toString('base64')
}

function readChallenge(challenge: string) {
  const parameters = new URLSearchParams(challenge.slice(challenge.indexOf('?') + 1))
  const [nonce, context, submitUrl] = ['Nonce', 'Context', 'SubmitUrl'].map((name) => parameters.get(name) ?? '')
  return { nonce, context, submitUrl: submitUrl ?? '' }
}
