import type { RedirectKind } from '../applications/application.ts'
import { deviceRegistrationId } from '../applications/first-party.ts'
import type { SecurityAttributes } from '../conditional-access/application-filter.ts'
import type { LocateAddress } from '../conditional-access/named-locations.ts'
import type {
  AuthenticationFlow,
  ClientAppSignal,
  ClientAppType,
  DevicePlatform,
  Signals,
  UserAction,
} from '../conditional-access/signals.ts'
import type { AppProtectionState } from '../devices/app-protection.ts'
import { deviceSignal } from '../devices/device-facts.ts'
import { isManagedApp } from '../devices/mobile-apps.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import type { Person } from '../people/people.ts'
import type { Authentication } from './browser-session.ts'
import { type DevicePresence, knownDevice } from './device-presence.ts'

export interface AccessFacts {
  readonly person: Person
  readonly resourceId: string
  readonly resourceAttributes?: SecurityAttributes | undefined
  readonly userAction?: UserAction | undefined
  readonly redirectKind: RedirectKind
  readonly address: string
  readonly userAgent: string
  readonly authentication: Authentication
  readonly hasMfaMethods: boolean
  readonly clientId?: string | undefined
  /** Authentication contexts that the request demands. */
  readonly authenticationContexts?: readonly string[] | undefined
  /** How the sign-in came from another device, now or when its session began. */
  readonly authenticationFlow?: AuthenticationFlow | undefined
  /** Where the kind of redirect URI does not tell: clients that hand over passwords. */
  readonly clientAppType?: ClientAppType | undefined
  readonly device?: DevicePresence | undefined
  /** Of the person's app, where it was enrolled. */
  readonly appProtection?: AppProtectionState | undefined
}

/** The facts of a sign-in in the words of Conditional Access. */
export function accessSignals(facts: AccessFacts, locate: LocateAddress): Signals {
  const { person, authentication } = facts
  const presence = presenceOf(facts)
  const platform = platformOfDevice(knownDevice(presence)) ?? platformOf(facts.userAgent)
  const clientApp = clientAppOf({ ...facts, device: presence }, platform)
  return {
    user: { objectId: person.objectId, groups: person.groups, roles: person.directoryRoles },
    application: { appId: facts.resourceId, attributes: facts.resourceAttributes },
    userAction: facts.userAction ?? registrationOf(facts.resourceId),
    authenticationContexts: facts.authenticationContexts,
    authenticationFlow: facts.authenticationFlow,
    clientAppType: facts.clientAppType ?? clientAppTypeOf(facts.redirectKind),
    platform,
    location: locate(facts.address),
    ...deviceSignals(presence),
    clientApp,
    satisfied: {
      mfa: authentication.mfaAt !== undefined,
      combinations: authentication.combinations,
      approvedApplication: clientApp.isManaged && clientApp.isBrokered,
      compliantApplication: clientApp.isManaged && clientApp.isBrokered && clientApp.protection === 'compliant',
    },
    hasMfaMethods: facts.hasMfaMethods,
  }
}

/** "User actions": whoever asks for a token of the registration service is about to register or join a device. */
function registrationOf(resourceId: string): Signals['userAction'] {
  return resourceId === deviceRegistrationId ? 'urn:user:registerdevice' : undefined
}

/** "Conditional Access: Authentication flows": the device of the browser is not the one that gets the tokens. */
function presenceOf({ device, authenticationFlow }: AccessFacts): DevicePresence | undefined {
  return authenticationFlow === 'deviceCodeFlow' ? undefined : device
}

function deviceSignals(presence: DevicePresence | undefined): Pick<Signals, 'device' | 'deviceHasNoCertificate'> {
  const device = knownDevice(presence)
  return {
    ...(device && { device: deviceSignal(device) }),
    ...(presence?.state === 'noCertificate' && { deviceHasNoCertificate: true }),
  }
}

/** A device that is registered, and proves it, has a broker ("Conditional Access: Grant", approved client app). */
function clientAppOf(facts: AccessFacts, platform: DevicePlatform | undefined): ClientAppSignal {
  return {
    isManaged: facts.clientId !== undefined && isManagedApp(facts.clientId),
    isBrokered: facts.device?.state === 'known' && (platform === 'iOS' || platform === 'android'),
    ...(facts.appProtection && { protection: facts.appProtection }),
  }
}

/** Decided by what kind of client is answered, not by the browser it shows the page in ("Conditions: client apps"). */
export function clientAppTypeOf(kind: RedirectKind): ClientAppType {
  return kind === 'publicClient' ? 'mobileAppsAndDesktopClients' : 'browser'
}

/** A device that proved itself is what the directory says, whatever the client calls itself. */
function platformOfDevice(device: DirectoryDevice | undefined): DevicePlatform | undefined {
  return device && systems.find(([pattern]) => pattern.test(device.operatingSystem))?.[1]
}

const systems: readonly (readonly [RegExp, DevicePlatform])[] = [
  [/^Android/i, 'android'],
  [/^(?:iOS|iPhone|iPad)/i, 'iOS'],
  [/^Windows ?Phone/i, 'windowsPhone'],
  [/^Windows/i, 'windows'],
  [/^Mac/i, 'macOS'],
  [/^Linux/i, 'linux'],
]

/** "Conditions: device platforms": by the user agent, which anybody can change. */
export function platformOf(userAgent: string): DevicePlatform | undefined {
  return platforms.find(([pattern]) => pattern.test(userAgent))?.[1]
}

const platforms: readonly (readonly [RegExp, DevicePlatform])[] = [
  [/Windows Phone/i, 'windowsPhone'],
  [/Android/i, 'android'],
  // Apps name the system alone, as in "Outlook-iOS/2.0".
  [/iPhone|iPad|iPod|\biOS\b/i, 'iOS'],
  [/Windows NT/i, 'windows'],
  [/Macintosh|Mac OS X/i, 'macOS'],
  [/Linux|CrOS/i, 'linux'],
]
