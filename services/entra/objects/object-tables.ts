import type { Generated } from 'kysely'

export interface ObjectTables {
  tenant_object: {
    position: Generated<number>
    /** Such as `conditionalAccessPolicy`: what Microsoft Graph calls the type. */
    kind: string
    id: string
    /** JSON of the whole object. */
    body: string
  }
}
