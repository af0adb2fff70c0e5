import { z } from 'zod'
import type { AttributeDefinition, AttributeSet } from '../../applications/application-objects.ts'
import { answerCollection, answerEntity, found } from '../answers.ts'
import { GraphError } from '../graph-error.ts'
import type { GraphServices } from '../graph-services.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'
import type { GraphResource } from '../odata/graph-resource.ts'
import { named } from '../odata/resources/declare.ts'
import { type GraphAnswer, type GraphCall, key, noContent, type Operation, operation } from '../operation.ts'
import { directoryRoles, scopes } from '../permissions.ts'
import { readBody } from '../read-body.ts'

const reading = { scopes: scopes.readAttributes, directoryRoles: directoryRoles.defineAttributes }
const writing = { scopes: scopes.writeAttributes, directoryRoles: directoryRoles.defineAttributes }
const setsPath = '/directory/attributeSets'
const definitionsPath = '/directory/customSecurityAttributeDefinitions'

const sets: GraphResource = {
  name: 'AttributeSet',
  type: 'microsoft.graph.attributeSet',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'description'], { filter: ['eq'], orderBy: 'default' }),
    maxAttributesPerSet: { type: 'number' },
  },
  pageSize: 100,
  largestPage: 500,
}

const definitions: GraphResource = {
  name: 'CustomSecurityAttributeDefinition',
  type: 'microsoft.graph.customSecurityAttributeDefinition',
  directoryObject: false,
  properties: {
    ...named('string', ['id', 'attributeSet', 'name', 'status', 'type'], { filter: ['eq'] }),
    ...named('boolean', ['isCollection', 'isSearchable', 'usePreDefinedValuesOnly']),
    description: { type: 'string' },
  },
  pageSize: 100,
  largestPage: 500,
}

/** "Add or deactivate custom security attribute definitions": they are never deleted. */
export const securityAttributeOperations: readonly Operation[] = [
  operation('GET', setsPath, reading, (services, call) =>
    answerCollection(services, call, {
      resource: sets,
      set: 'directory/attributeSets',
      records: services.applications.attributeSets.all().map(setRecord),
    }),
  ),
  operation('POST', setsPath, writing, createSet),
  operation('GET', definitionsPath, reading, (services, call) =>
    answerCollection(services, call, {
      resource: definitions,
      set: 'directory/customSecurityAttributeDefinitions',
      records: services.applications.attributeDefinitions.all().map(definitionRecord),
    }),
  ),
  operation('POST', definitionsPath, writing, createDefinition),
  operation('GET', `${definitionsPath}/{definitionId}`, reading, getDefinition),
  operation('PATCH', `${definitionsPath}/{definitionId}`, writing, changeDefinition),
]

const word = z.string().regex(/^[A-Za-z0-9]{1,32}$/)

const newSetSchema = z.strictObject({
  id: word,
  description: z.string().max(128).nullish(),
  maxAttributesPerSet: z.int().min(1).max(500).nullish(),
})

async function createSet({ applications }: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { id: name, description = null, maxAttributesPerSet = null } = readBody(call, newSetSchema, 'AttributeSet')
  const id = name.toLowerCase()
  if (applications.attributeSets.byId(id)) throw new GraphError('propertyTaken', { values: { property: 'id' } })
  const made = await applications.attributeSets.insert({ id, name, description, maxAttributesPerSet })
  return answerEntity(call, { resource: sets, set: 'directory/attributeSets', record: setRecord(made), status: 201 })
}

const newDefinitionSchema = z.strictObject({
  attributeSet: word,
  name: word,
  description: z.string().max(128).nullish(),
  type: z.enum(['String', 'Integer', 'Boolean']),
  status: z.enum(['Available', 'Deprecated']),
  isCollection: z.boolean(),
  isSearchable: z.boolean(),
  usePreDefinedValuesOnly: z.literal(false),
})

async function createDefinition({ applications }: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { description = null, ...body } = readBody(call, newDefinitionSchema, 'CustomSecurityAttributeDefinition')
  const set = found(applications.attributeSets.byId(body.attributeSet), body.attributeSet)
  const id = `${set.name}_${body.name}`.toLowerCase()
  if (applications.attributeDefinitions.byId(id))
    throw new GraphError('propertyTaken', { values: { property: 'name' } })
  const made = await applications.attributeDefinitions.insert({ id, description, ...body, attributeSet: set.name })
  return answerDefinition(call, made, 201)
}

async function getDefinition({ applications }: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const id = key(call, 'definitionId')
  return answerDefinition(call, found(applications.attributeDefinitions.byId(id), id), 200)
}

const changesSchema = newDefinitionSchema.pick({ description: true, status: true }).partial()

async function changeDefinition({ applications }: GraphServices, call: GraphCall): Promise<GraphAnswer> {
  const { status, description } = readBody(call, changesSchema, 'CustomSecurityAttributeDefinition')
  const id = key(call, 'definitionId')
  const changed = await applications.attributeDefinitions.update(id, (current) => ({
    ...current,
    ...(status && { status }),
    ...(description !== undefined && { description }),
  }))
  found(changed, id)
  return noContent
}

function answerDefinition(call: GraphCall, definition: AttributeDefinition, status: number): Promise<GraphAnswer> {
  const set = 'directory/customSecurityAttributeDefinitions'
  return answerEntity(call, { resource: definitions, set, record: definitionRecord(definition), status })
}

function setRecord({ name, description, maxAttributesPerSet }: AttributeSet): GraphRecord {
  return { id: name, description, maxAttributesPerSet }
}

function definitionRecord(definition: AttributeDefinition): GraphRecord {
  return { ...definition, id: `${definition.attributeSet}_${definition.name}` }
}
