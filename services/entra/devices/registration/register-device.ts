import { derivedGuid, entraObjectIdOf } from '#shared/scenario/identifiers.ts'
import type { DeviceStore, DirectoryDevice } from '../../people/devices.ts'
import type { DeviceAuthority, DeviceCertificate } from '../device-authority.ts'
import { admitRegistration } from './admit-registration.ts'
import type { RegistrationPolicyStore } from './registration-policy.ts'
import { RegistrationRefusal } from './registration-refusal.ts'
import type { RegistrationRequest } from './registration-request.ts'
import type { RegistrationCaller } from './registration-token.ts'
import { cloudSecurityIdentifier } from './security-identifiers.ts'

export interface RegistrationParts {
  readonly directory: DeviceStore
  readonly authority: DeviceAuthority
  readonly policy: RegistrationPolicyStore
  readonly tenantId: string
}

export interface Registered {
  readonly deviceId: string
  readonly certificate: DeviceCertificate
}

/** Joins, registers, or hybrid joins a device; from here on its key proves it. */
export async function registerDevice(
  parts: RegistrationParts,
  caller: RegistrationCaller,
  request: RegistrationRequest,
  draw: { readonly deviceId: string; readonly now: Date },
): Promise<Registered> {
  const { person } = caller
  const admission = admitRegistration({
    trustType: request.trustType,
    policy: await parts.policy.read(),
    devicesOwned: await parts.directory.countOwnedBy(person.objectId),
    amr: caller.amr,
  })
  if (admission.outcome === 'refuse') {
    const values = { user: person.objectId, type: request.deviceType }
    throw new RegistrationRefusal(admission.refusal, admission.reason, values)
  }
  const existing = request.trustType === 'ServerAd' ? await synchronizedDevice(parts, caller, request) : undefined
  const deviceId = existing?.deviceId ?? draw.deviceId
  const certificate = await certificateFor(parts, caller, request, { deviceId, now: draw.now })
  if (!existing) await addDevice(parts, caller, request, deviceId)
  await parts.directory.certify(deviceId, { thumbprint: certificate.thumbprint, at: draw.now.getTime() })
  return { deviceId, certificate }
}

/** A hybrid join completes what Entra Connect brought; the owner's token and the name stand for the computer's own proof. */
async function synchronizedDevice(
  { directory }: RegistrationParts,
  { person }: RegistrationCaller,
  { displayName }: RegistrationRequest,
): Promise<DirectoryDevice> {
  const devices = await directory.list()
  const found = devices.find(
    (device) =>
      device.trustType === 'ServerAd' &&
      device.ownerId === person.objectId &&
      device.displayName.toLowerCase() === displayName.toLowerCase(),
  )
  if (found) return found
  const reason = `Entra Connect brought no computer ${displayName} of ${person.userPrincipalName}`
  throw new RegistrationRefusal('deviceMissing', reason, { device: displayName })
}

async function certificateFor(
  { authority }: RegistrationParts,
  { person }: RegistrationCaller,
  { certificateRequest, trustType }: RegistrationRequest,
  { deviceId, now }: { readonly deviceId: string; readonly now: Date },
): Promise<DeviceCertificate> {
  const { objectId: userObjectId } = person
  const certificate = await authority.issue({ der: certificateRequest, deviceId, userObjectId, trustType, now })
  if (certificate) return certificate
  throw new RegistrationRefusal('certificateRequestInvalid', 'CertificateRequest.Data cannot be read or verified')
}

function addDevice(
  { directory, tenantId }: RegistrationParts,
  { person }: RegistrationCaller,
  { displayName, deviceType, operatingSystemVersion, trustType }: RegistrationRequest,
  deviceId: string,
): Promise<void> {
  return directory.add({
    objectId: entraObjectIdOf(tenantId, deviceId),
    deviceId,
    displayName,
    operatingSystem: deviceType,
    operatingSystemVersion,
    trustType,
    deviceOwnership: trustType === 'Workplace' ? 'Personal' : 'Company',
    ownerId: person.objectId,
  })
}

const localAdministrators = 'S-1-5-32-544'
/** Global Administrator and Microsoft Entra Joined Device Local Administrator. */
const administrators = ['62e90394-69f5-4237-9190-012177145e10', '9f06204d-73c1-4d4c-880a-6edb90606fd8']

/** [MS-DVRJ] §2.2.3, and the local groups that a joined computer fills. */
export function registrationAnswer(
  { tenantId }: Pick<RegistrationParts, 'tenantId'>,
  { person }: RegistrationCaller,
  { trustType }: RegistrationRequest,
  { certificate }: Registered,
) {
  const roles = administrators.map((template) => derivedGuid(`directoryRole:${tenantId}`, template))
  const additions = [...roles, person.objectId].map(cloudSecurityIdentifier)
  return {
    Certificate: { RawBody: certificate.der.toString('base64'), Thumbprint: certificate.thumbprint },
    User: { Upn: person.userPrincipalName },
    MembershipChanges: trustType === 'Workplace' ? [] : [{ LocalSID: localAdministrators, AddSIDs: additions }],
  }
}
