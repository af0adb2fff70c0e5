import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import type { Clock } from '#shared/clock.ts'
import { announcesDeviceAuthentication, readDeviceAnswer } from '#shared/device-authentication/device-answer.ts'
import type { CallOrigin, DirectoryClient } from '../directory/directory-client.ts'
import { AdfsError } from '../errors.ts'
import type { FarmProperties, FarmPropertyStore } from '../farm/farm-properties.ts'
import type { Session } from '../sessions/session.ts'
import { originOf, type Visit } from '../sign-in/visit.ts'
import type { DeviceChallenges } from './device-challenges.ts'
import type { DeviceIssuers } from './device-issuers.ts'
import type { DeviceProofs } from './device-proofs.ts'
import { type DeviceProof, type ProvedDevice, provedDevice } from './registered-device.ts'

// Device authentication: which registered device a browser runs on, found out once for a session, by a signed nonce
// (PKeyAuth) or by the certificate of the TLS connection. It proves no user; claims and policies say what it is worth.

export interface DeviceAuthentication {
  /**
   * The proof of this browser so far, or where a client that can answer has to go first.
   * @throws AdfsError for an answer or a certificate that proves nothing, and for a device that is switched off.
   */
  identify(visit: Visit, session: Session | undefined): Promise<Identified>
  /** The device as the directory knows it now. */
  find(proof: DeviceProof | undefined, userSid: string, origin: CallOrigin): Promise<ProvedDevice | undefined>
  readonly proofs: DeviceProofs
}

export type Identified =
  | { readonly challenge: string; readonly proof?: never }
  | { readonly challenge?: never; readonly proof?: DeviceProof | undefined }

export interface DeviceAuthenticationParts {
  readonly directory: DirectoryClient
  readonly properties: FarmPropertyStore
  readonly challenges: DeviceChallenges
  readonly proofs: DeviceProofs
  readonly issuers: DeviceIssuers
  readonly clock: Clock
}

export function deviceAuthentication(parts: DeviceAuthenticationParts): DeviceAuthentication {
  return {
    proofs: parts.proofs,
    async identify(visit, session) {
      const { deviceAuthentication: setting } = await parts.properties.read()
      if (!setting.enabled) return {}
      return (await alreadyProved(visit, session, setting, parts)) ?? (await askFor(visit, setting, parts))
    },
    async find(proof, userSid, origin) {
      if (proof?.deviceId === undefined) return undefined
      return provedDevice(await parts.directory.findDevice('deviceId', proof.deviceId, origin), userSid)
    },
  }
}

type Setting = FarmProperties['deviceAuthentication']

function takes({ method }: Setting, wanted: DeviceProof['method']): boolean {
  return method === 'All' || method === wanted
}

async function alreadyProved(
  visit: Visit,
  session: Session | undefined,
  setting: Setting,
  parts: DeviceAuthenticationParts,
): Promise<Identified | undefined> {
  const { request, reply, facts } = visit
  const answer = takes(setting, 'PKeyAuth') ? readDeviceAnswer(request.headers.authorization) : undefined
  if (answer) {
    const certificate = await parts.challenges.check(answer)
    const proof = await proofOf(visit, { certificate, method: 'PKeyAuth' }, parts)
    await parts.proofs.keep(reply, proof)
    return { proof }
  }
  // A proxy shows its own certificate, and ends the TLS of whoever is behind it.
  const shown = takes(setting, 'ClientTLS') && facts.proxyName === undefined ? shownBy(request) : undefined
  if (shown && (await parts.issuers.isIssuerOf(shown, originOf(visit)))) {
    return { proof: await proofOf(visit, { certificate: shown, method: 'ClientTLS' }, parts) }
  }
  const proof = session?.device ?? (await parts.proofs.find(request))
  return proof && { proof }
}

function shownBy(request: FastifyRequest): X509Certificate | undefined {
  return (request.raw.socket as Partial<TLSSocket>).getPeerX509Certificate?.()
}

/** Web views that say so in their name; a form that is being posted is not interrupted. */
async function askFor(visit: Visit, setting: Setting, parts: DeviceAuthenticationParts): Promise<Identified> {
  const { request, form, self } = visit
  const begins = request.method === 'GET' || form.get('SAMLRequest') !== null
  if (!begins || !takes(setting, 'PKeyAuth') || !announcesDeviceAuthentication(request.headers)) return {}
  const issuers = await parts.issuers.all(originOf(visit))
  // Before the first device is written back nobody could answer.
  if (issuers.length === 0) return {}
  return { challenge: await parts.challenges.issue(self.location, issuers) }
}

interface Shown {
  readonly certificate: X509Certificate | undefined
  readonly method: DeviceProof['method']
}

async function proofOf(visit: Visit, shown: Shown, parts: DeviceAuthenticationParts): Promise<DeviceProof> {
  const { certificate, method } = shown
  const proof: DeviceProof = { method, instant: parts.clock.now().toISOString() }
  const note = (decision: string, reason: string) => visit.request.recording.note({ decision, reason })
  if (!certificate) {
    note('deviceHasNoCertificate', 'the client answered without AuthToken')
    return proof
  }
  await judgeCertificate(certificate, visit, parts)
  const thumbprint = certificate.fingerprint.replaceAll(':', '')
  const device = await parts.directory.findDevice('thumbprint', thumbprint, originOf(visit))
  if (!device) {
    note('deviceUnknown', `Active Directory has no device with the certificate ${thumbprint}; was it written back?`)
    return proof
  }
  if (!device.enabled) throw refused(`the device object of "${device.displayName}" is disabled`)
  note('deviceAuthenticated', `${method}: "${device.displayName}", ${device.trustType}`)
  return { ...proof, deviceId: device.deviceId }
}

async function judgeCertificate(
  certificate: X509Certificate,
  visit: Visit,
  { issuers, clock }: DeviceAuthenticationParts,
): Promise<void> {
  if (!(await issuers.isIssuerOf(certificate, originOf(visit)))) {
    throw refused(`the certificate of ${certificate.subject} is from none of the issuers of device certificates`)
  }
  const now = clock.now()
  if (now >= certificate.validFromDate && now <= certificate.validToDate) return
  throw refused(`the certificate is valid from ${certificate.validFrom} to ${certificate.validTo}`)
}

function refused(reason: string): AdfsError {
  return new AdfsError('deviceAuthenticationFailed', { reason })
}
