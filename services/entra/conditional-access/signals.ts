import type { SecurityAttributes } from './application-filter.ts'

/** Facts about one sign-in. The evaluator reads nothing else, not even the time. */
export interface Signals {
  readonly user: UserSignal
  /** The resource of the token request; an application that signs somebody in for itself is its own resource. */
  readonly application: { readonly appId: string; readonly attributes?: SecurityAttributes | undefined }
  readonly userAction?: UserAction | undefined
  /** Authentication contexts (c1 to c99) that the request demands. */
  readonly authenticationContexts?: readonly string[] | undefined
  readonly clientAppType: ClientAppType
  /** Undefined when the user agent tells none. */
  readonly platform?: DevicePlatform | undefined
  readonly location: LocationSignal
  /** Undefined for a device that did not identify itself. */
  readonly device?: DeviceSignal | undefined
  /** It was asked to identify itself, and has no certificate of the tenant. */
  readonly deviceHasNoCertificate?: boolean | undefined
  readonly clientApp?: ClientAppSignal | undefined
  /** Undefined counts as none. */
  readonly userRisk?: RiskLevel | undefined
  readonly signInRisk?: RiskLevel | undefined
  readonly insiderRisk?: InsiderRiskLevel | undefined
  readonly authenticationFlow?: AuthenticationFlow | undefined
  readonly satisfied: SatisfiedControls
  /** False sends the person to registration (50079) rather than to a second factor (50076). */
  readonly hasMfaMethods: boolean
}

export interface UserSignal {
  readonly objectId: string
  /** Object ids, transitive. */
  readonly groups: readonly string[]
  /** Template ids. */
  readonly roles: readonly string[]
  /** Undefined for a member of the tenant. */
  readonly guest?: { readonly type: GuestType; readonly tenantId: string } | undefined
}

export interface LocationSignal {
  readonly address: string
  readonly namedLocationIds: readonly string[]
  readonly isTrusted: boolean
  /** ISO 3166-1 alpha-2; undefined when unknown. */
  readonly country?: string | undefined
}

/** Device properties by the names of the filter grammar ("Filter for devices"). */
export interface DeviceSignal {
  readonly deviceId: string
  readonly displayName: string
  readonly operatingSystem?: string | undefined
  readonly operatingSystemVersion?: string | undefined
  readonly trustType: 'AzureAd' | 'ServerAd' | 'Workplace'
  readonly deviceOwnership?: 'Company' | 'Personal' | undefined
  readonly isCompliant: boolean
  readonly isManaged: boolean
  readonly enrollmentProfileName?: string | undefined
  readonly manufacturer?: string | undefined
  readonly model?: string | undefined
  readonly mdmAppId?: string | undefined
  readonly profileType?: string | undefined
  readonly physicalIds?: readonly string[] | undefined
  readonly systemLabels?: readonly string[] | undefined
  /** extensionAttribute1 to extensionAttribute15. */
  readonly extensionAttributes?: Readonly<Record<string, string>> | undefined
}

/** What decides whether an app counts as approved or protected, and which number says why not. */
export interface ClientAppSignal {
  /** On the lists of approved client apps and of apps with protection policies. */
  readonly isManaged: boolean
  /** It runs on a registered phone, so that a broker signs it in. */
  readonly isBrokered: boolean
  /** Undefined for an app that was never enrolled. */
  readonly protection?: 'compliant' | 'notCompliant' | undefined
}

export interface SatisfiedControls {
  readonly mfa: boolean
  /** Combinations of methods used, such as `password,microsoftAuthenticatorPush` (authentication strengths). */
  readonly combinations: readonly string[]
  readonly passwordChanged?: boolean | undefined
  readonly approvedApplication?: boolean | undefined
  readonly compliantApplication?: boolean | undefined
  readonly termsOfUse?: readonly string[] | undefined
  readonly customFactors?: readonly string[] | undefined
}

export type ClientAppType = 'browser' | 'mobileAppsAndDesktopClients' | 'exchangeActiveSync' | 'easSupported' | 'other'
export type DevicePlatform = 'android' | 'iOS' | 'windows' | 'windowsPhone' | 'macOS' | 'linux'
export type RiskLevel = 'low' | 'medium' | 'high' | 'hidden' | 'none'
export type InsiderRiskLevel = 'minor' | 'moderate' | 'elevated'
export type AuthenticationFlow = 'deviceCodeFlow' | 'authenticationTransfer'
export type UserAction = 'urn:user:registersecurityinfo' | 'urn:user:registerdevice'
export type GuestType =
  | 'internalGuest'
  | 'b2bCollaborationGuest'
  | 'b2bCollaborationMember'
  | 'b2bDirectConnectUser'
  | 'otherExternalUser'
  | 'serviceProvider'
