/** What can be asked of a collection, declared once per resource type. */
export interface GraphResource {
  /** As errors name it: `User`. */
  readonly name: string
  /** As errors and $metadata name it: `microsoft.graph.user`. */
  readonly type: string
  /** Directory objects take some queries only with ConsistencyLevel: eventual and $count=true. */
  readonly directoryObject: boolean
  readonly properties: GraphProperties
  /** Relationships that $expand takes. */
  readonly navigation?: readonly string[] | undefined
  readonly pageSize: number
  readonly largestPage: number
}

export type GraphProperties = Readonly<Record<string, GraphProperty>>

export interface GraphProperty {
  readonly type: PropertyType
  readonly collection?: boolean | undefined
  /** The members of an enumeration. */
  readonly values?: readonly string[] | undefined
  /** The properties of a complex type. */
  readonly properties?: GraphProperties | undefined
  /** Of a collection: `any`, `count`, and what its elements take. */
  readonly filter?: readonly FilterOperator[] | undefined
  /** Operators that need advanced query parameters. */
  readonly advancedFilter?: readonly FilterOperator[] | undefined
  readonly orderBy?: 'default' | 'advanced' | undefined
  /** Not in answers unless $select names it. */
  readonly onlyOnSelect?: boolean | undefined
}

export type PropertyType = 'string' | 'enum' | 'boolean' | 'number' | 'dateTime' | 'guid' | 'complex'

export type FilterOperator =
  | 'eq'
  | 'ne'
  | 'gt'
  | 'ge'
  | 'lt'
  | 'le'
  | 'in'
  | 'startswith'
  | 'endswith'
  | 'contains'
  | 'any'
  | 'count'

/** ConsistencyLevel: eventual as a header, $count=true in the query. */
export interface AdvancedParameters {
  readonly eventual: boolean
  readonly count: boolean
}

export interface NamedProperty {
  /** In the spelling of the declaration. */
  readonly name: string
  readonly property: GraphProperty
}

/** Names of properties are taken in any case, as Graph does. */
export function findProperty(properties: GraphProperties, name: string): NamedProperty | undefined {
  const exact = Object.hasOwn(properties, name) ? name : undefined
  const found = exact ?? Object.keys(properties).find((each) => each.toLowerCase() === name.toLowerCase())
  const property = found === undefined ? undefined : properties[found]
  return found !== undefined && property ? { name: found, property } : undefined
}
