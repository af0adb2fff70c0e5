import type { RedirectKind } from '../applications/application.ts'
import type { LocateAddress } from '../conditional-access/named-locations.ts'
import type { ClientAppType, DevicePlatform, Signals, UserAction } from '../conditional-access/signals.ts'
import type { Person } from '../people/people.ts'
import type { Authentication } from './browser-session.ts'

export interface AccessFacts {
  readonly person: Person
  readonly resourceId: string
  readonly userAction?: UserAction | undefined
  readonly redirectKind: RedirectKind
  readonly address: string
  readonly userAgent: string
  readonly authentication: Authentication
  readonly hasMfaMethods: boolean
}

/** The facts of a sign-in in the words of Conditional Access. */
export function accessSignals(facts: AccessFacts, locate: LocateAddress): Signals {
  const { person, authentication } = facts
  return {
    user: { objectId: person.objectId, groups: person.groups, roles: person.directoryRoles },
    application: { appId: facts.resourceId },
    userAction: facts.userAction,
    clientAppType: clientAppTypeOf(facts.redirectKind),
    platform: platformOf(facts.userAgent),
    location: locate(facts.address),
    satisfied: { mfa: authentication.mfaAt !== undefined, combinations: authentication.combinations },
    hasMfaMethods: facts.hasMfaMethods,
  }
}

/** Decided by what kind of client is answered, not by the browser it shows the page in ("Conditions: client apps"). */
export function clientAppTypeOf(kind: RedirectKind): ClientAppType {
  return kind === 'publicClient' ? 'mobileAppsAndDesktopClients' : 'browser'
}

/** "Conditions: device platforms": by the user agent, which anybody can change. */
export function platformOf(userAgent: string): DevicePlatform | undefined {
  return platforms.find(([pattern]) => pattern.test(userAgent))?.[1]
}

const platforms: readonly (readonly [RegExp, DevicePlatform])[] = [
  [/Windows Phone/i, 'windowsPhone'],
  [/Android/i, 'android'],
  [/iPhone|iPad|iPod/i, 'iOS'],
  [/Windows NT/i, 'windows'],
  [/Macintosh|Mac OS X/i, 'macOS'],
  [/Linux|CrOS/i, 'linux'],
]
