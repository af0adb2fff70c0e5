import type { ConditionalAccessPolicy, NamedLocation } from '#shared/scenario/world.ts'
import type { TenantObject } from '../objects/object-table.ts'

/** [Graph] conditionalAccessPolicy, with what the evaluator does not read. */
export type StoredPolicy = ConditionalAccessPolicy & {
  readonly templateId: string | null
  readonly createdDateTime: string
  readonly modifiedDateTime: string | null
}

/** [Graph] ipNamedLocation or countryNamedLocation. */
export type StoredLocation = NamedLocation & {
  readonly createdDateTime: string
  readonly modifiedDateTime: string
  readonly countryLookupMethod?: 'clientIpAddress' | 'authenticatorAppGps' | undefined
}

/** [Graph] authenticationContextClassReference; ids are c1 to c99. */
export interface AuthenticationContext extends TenantObject {
  readonly displayName: string
  readonly description: string
  readonly isAvailable: boolean
}
