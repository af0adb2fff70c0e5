import { z } from 'zod'
import type { AssignedAttributes, AttributeDefinition, AttributeValue } from '../../applications/application-objects.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.array(z.number()), z.null()])

/** [Graph] customSecurityAttributeValue, annotations taken off: values by set and attribute, null to take one away. */
export const attributesSchema = z.record(z.string(), z.record(z.string(), value))

export type AttributesBody = z.output<typeof attributesSchema>

/** What is there with what was sent. Throws GraphError for what nobody defined, or defined otherwise. */
export function withAttributes(
  { applications }: Pick<GraphServices, 'applications'>,
  current: AssignedAttributes | undefined,
  sent: AttributesBody,
): AssignedAttributes {
  const changed: Record<string, Record<string, AttributeValue>> = Object.fromEntries(
    Object.entries(current ?? {}).map(([set, values]) => [set, { ...values }]),
  )
  for (const [setName, values] of Object.entries(sent)) {
    for (const [attribute, assigned] of Object.entries(values)) {
      const definition = applications.attributeDefinitions.byId(`${setName}_${attribute}`)
      const { attributeSet, name } = checked(definition, `${setName}_${attribute}`, assigned)
      const { [name]: _previous, ...others } = changed[attributeSet] ?? {}
      const isTakenAway = assigned === null || (Array.isArray(assigned) && assigned.length === 0)
      changed[attributeSet] = isTakenAway ? others : { ...others, [name]: assigned }
    }
  }
  return changed
}

const jsonTypes = { String: 'string', Integer: 'number', Boolean: 'boolean' } as const

function checked(
  definition: AttributeDefinition | undefined,
  name: string,
  assigned: AttributesBody[string][string],
): AttributeDefinition {
  const values = { property: name }
  if (definition?.status !== 'Available') {
    throw new GraphError('propertyUnknown', { values, reason: `no attribute ${name} is defined and available` })
  }
  const fits =
    assigned === null ||
    (Array.isArray(assigned) === definition.isCollection &&
      [assigned].flat().every((each) => typeof each === jsonTypes[definition.type]))
  if (fits) return definition
  const reason = `${name} is ${definition.isCollection ? 'a collection of ' : ''}${definition.type}`
  throw new GraphError('propertyInvalid', { values: { ...values, resource: 'ServicePrincipal' }, reason })
}

/** As Graph writes them: each set names its type, and so do collections. */
export function attributesRecord(assigned: AssignedAttributes | undefined): object | null {
  if (!assigned) return null
  const sets = Object.entries(assigned).filter(([, values]) => Object.keys(values).length > 0)
  return Object.fromEntries(
    sets.map(([set, values]) => [
      set,
      {
        '@odata.type': '#microsoft.graph.customSecurityAttributeValue',
        ...Object.fromEntries(Object.entries(values).flatMap(annotated)),
      },
    ]),
  )
}

function annotated([name, assigned]: [string, AttributeValue]): [string, unknown][] {
  if (!Array.isArray(assigned)) return [[name, assigned]]
  const type = assigned.every((each) => typeof each === 'string') ? 'String' : 'Int32'
  return [
    [`${name}@odata.type`, `#Collection(${type})`],
    [name, assigned],
  ]
}
