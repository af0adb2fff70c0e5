import type { z } from 'zod'
import type { ScenarioFile } from './schema.ts'
import type { relyingPartySchema } from './schema-adfs.ts'
import type { applicationGroupSchema } from './schema-adfs-applications.ts'
import type { customAccessControlPolicySchema } from './schema-adfs-policies.ts'
import type { claimsProviderSchema } from './schema-adfs-providers.ts'
import type { conditionalAccessPolicySchema } from './schema-conditional-access.ts'
import type { agreementSchema, applicationSchema, namedLocationSchema } from './schema-entra.ts'
import type { messageSchema } from './schema-exchange.ts'
import type { domainSchema, federationSchema, hostNamesSchema, tenantSchema } from './schema-organization.ts'
import type { deviceSchema, groupSchema, mfaMethodSchema, userSchema } from './schema-people.ts'
import type { publishedApplicationSchema } from './schema-wap.ts'

/** The world with every default filled in and every name resolved: what services are given. */
export type Scenario = DeepReadonly<{
  organization: Organization
  domains: Domain[]
  tenant: Tenant
  users: User[]
  groups: Group[]
  devices: Device[]
  entra: EntraConfiguration
  entraConnect: ScenarioFile['entraConnect']
  adfs: AdfsConfiguration
  wap: WapConfiguration
  exchange: ExchangeConfiguration
  autodetect: ScenarioFile['autodetect']
  start?: string | undefined
}>

export type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

type Filled<T, K extends keyof T> = DeepReadonly<Omit<T, K> & { [P in K]-?: Exclude<T[P], undefined> }>

export type HostNames = Required<DeepReadonly<z.output<typeof hostNamesSchema>>>

export type Organization = DeepReadonly<{
  name: string
  /** The first domain of the file. */
  primaryDomain: string
  activeDirectory: { netbiosName: string; dnsName: string; domainSid: string }
  hosts: HostNames
}>

/** A federated domain has its federation; the initial domain (`isInitial`) is managed and holds cloud-only accounts. */
export type Domain = DeepReadonly<{
  name: string
  authentication: z.output<typeof domainSchema>['authentication']
  isInitial: boolean
  federation?: Federation
}>

export type Federation = Required<DeepReadonly<z.output<typeof federationSchema>>>

export type Tenant = Required<DeepReadonly<z.output<typeof tenantSchema>>>

/**
 * `groups` holds every group by name, from both sides of the file.
 * `immutableId`, and `sid`, are absent for accounts that exist in Entra ID only.
 */
export type User = Filled<z.output<typeof userSchema>, 'samAccountName' | 'displayName' | 'objectGuid'> & {
  readonly immutableId?: string
  /** The object id of the account in Entra ID. */
  readonly entraObjectId: string
}

export type MfaMethod = DeepReadonly<z.output<typeof mfaMethodSchema>>

/** `members` holds every member by user principal name, from both sides of the file. */
export type Group = Filled<z.output<typeof groupSchema>, 'samAccountName' | 'objectGuid' | 'sid'> & {
  /** The object id of the group in Entra ID. */
  readonly entraObjectId: string
}

export type Device = Filled<z.output<typeof deviceSchema>, 'deviceId'> & {
  /** The object id of the device in Entra ID. */
  readonly entraObjectId: string
}

export type Application = DeepReadonly<z.output<typeof applicationSchema>>

export type NamedLocation = DeepReadonly<z.output<typeof namedLocationSchema> & { id: string }>

/** Terms of use that policies name by id. */
export type Agreement = DeepReadonly<z.output<typeof agreementSchema> & { id: string }>

/** Graph's conditionalAccessPolicy: users, groups, roles, apps, locations and terms by id only. */
export type ConditionalAccessPolicy = Filled<z.output<typeof conditionalAccessPolicySchema>, 'id'>

export type EntraConfiguration = DeepReadonly<
  Omit<ScenarioFile['entra'], 'namedLocations' | 'conditionalAccess'> & {
    namedLocations: NamedLocation[]
    agreements: Agreement[]
    conditionalAccess: { policies: ConditionalAccessPolicy[] }
  }
>

export type RelyingParty = Filled<z.output<typeof relyingPartySchema>, 'objectIdentifier'>

export type ApplicationGroup = DeepReadonly<z.output<typeof applicationGroupSchema>>

export type ClaimsProvider = Filled<z.output<typeof claimsProviderSchema>, 'objectIdentifier'>

export type CustomAccessControlPolicy = DeepReadonly<z.output<typeof customAccessControlPolicySchema>>

export type AdfsConfiguration = DeepReadonly<
  Omit<ScenarioFile['adfs'], 'administrators' | 'displayName' | 'identifier' | 'relyingParties' | 'claimsProviders'> & {
    /** Users by principal name and groups by name. */
    administrators: string[]
    displayName: string
    identifier: string
    relyingParties: RelyingParty[]
    claimsProviders: ClaimsProvider[]
  }
>

export type PublishedApplication = Filled<z.output<typeof publishedApplicationSchema>, 'backendServerUrl'>

/** `to` is the owner of the mailbox when the file names nobody; `receivedAt` is for `instantOf`. */
export type Message = Filled<z.output<typeof messageSchema>, 'to'>

/** Without a credential there is no administrator of AD FS, and so no proxy trust. */
export type WapConfiguration = DeepReadonly<
  Omit<ScenarioFile['wap'], 'publishedApplications'> & { publishedApplications: PublishedApplication[] }
>

export type ExchangeConfiguration = DeepReadonly<{
  onPremises: Omit<ScenarioFile['exchange']['onPremises'], 'adfs'> & {
    adfs: {
      issuer: string
      audienceUris: string[]
      signCertificateThumbprints: 'fromMetadata' | string[]
    }
  }
  online: ScenarioFile['exchange']['online']
  messages: Message[]
  appointments: ScenarioFile['exchange']['appointments']
  contacts: ScenarioFile['exchange']['contacts']
  tasks: ScenarioFile['exchange']['tasks']
  notes: ScenarioFile['exchange']['notes']
}>
