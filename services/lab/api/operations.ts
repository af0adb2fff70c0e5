/** An operation of the API as a reader wants it, from the OpenAPI document. */
export interface Operation {
  readonly method: string
  readonly path: string
  readonly name: string
  readonly summary: string
  readonly description: string | undefined
  readonly fields: readonly Field[]
  /** Of the answer, as JSON Schema. */
  readonly answer: unknown
  readonly refusals: readonly { readonly status: string; readonly text: string }[]
  /** The shell line that calls it. */
  readonly example: string
}

export interface Field {
  readonly name: string
  readonly where: 'path' | 'query' | 'body'
  readonly type: string
  readonly required: boolean
  readonly description: string
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly format?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

type Media = { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }

interface Described {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required: boolean
    readonly description?: string
    readonly schema: Schema
  }[]
  readonly requestBody?: Media
  readonly responses: Readonly<Record<string, Media & { readonly description: string }>>
}

export interface DescribedPaths {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}

/** @param lab the lab's own address, for the examples */
export function operationsOf({ paths }: DescribedPaths, lab: string): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(method.toUpperCase(), path, described, lab)),
  )
}

function operationOf(method: string, path: string, described: Described, lab: string): Operation {
  const { operationId: name, summary, description, parameters, requestBody, responses } = described
  const body = requestBody?.content?.['application/json']?.schema
  const answers = Object.entries(responses)
  const done = answers.find(([status]) => status.startsWith('2'))?.[1]
  return {
    ...{ method, path, name, summary, description },
    fields: [
      ...parameters.map((each) => fieldOf(each.name, each.in, each.schema, each.required, each.description)),
      ...bodyFields(body),
    ],
    answer: done?.content?.['application/json']?.schema,
    refusals: answers
      .filter(([status]) => !status.startsWith('2'))
      .map(([status, { description: text }]) => ({ status, text })),
    example: exampleOf(method, `${lab}${path}`, body),
  }
}

function fieldOf(name: string, where: Field['where'], schema: Schema, required: boolean, description?: string): Field {
  return { name, where, type: typeText(schema), required, description: description ?? schema.description ?? '' }
}

function bodyFields(body: Schema | undefined): readonly Field[] {
  const variants = body?.anyOf ?? body?.oneOf ?? (body ? [body] : [])
  const fields = variants.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([name, schema]) => fieldOf(name, 'body', schema, required.includes(name))),
  )
  return [...new Map(fields.map((field) => [field.name, field])).values()]
}

/** Such as `string | null`, `"on" | "off"`, `object[]`. */
export function typeText(schema: Schema): string {
  const { anyOf, oneOf, items, format } = schema
  const variants = anyOf ?? oneOf
  if (variants) return [...new Set(variants.map(typeText))].join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(' | ')
  if (schema.type === 'array') return items ? listText(typeText(items)) : 'array'
  const plain = typeof schema.type === 'string' ? schema.type : (schema.type ?? ['any']).join(' | ')
  return format === undefined ? plain : `${plain} (${format})`
}

function listText(item: string): string {
  return item.includes('|') ? `(${item})[]` : `${item}[]`
}

function exampleOf(method: string, url: string, body: Schema | undefined): string {
  const way = method === 'GET' ? '' : `-X ${method} `
  const [variant] = body?.anyOf ?? body?.oneOf ?? (body ? [body] : [])
  const { properties = {}, required = [] } = variant ?? {}
  const shown = Object.entries(properties).filter(([name], index) => required.includes(name) || index === 0)
  const sample = Object.fromEntries(shown.map(([name, schema]) => [name, sampleOf(schema)]))
  const data = body ? ` -d '${JSON.stringify(sample)}'` : ''
  const target = url.replace('{upn}', 'alice@contoso.com')
  return `curl ${way}'${target}'${data}`
}

const samples: Readonly<Record<string, unknown>> = {
  boolean: true,
  integer: 1,
  number: 1,
  object: {},
  array: [],
  null: null,
}

function sampleOf(schema: Schema): unknown {
  const first = schema.anyOf?.[0] ?? schema.oneOf?.[0]
  if (first) return sampleOf(first)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const type = typeof schema.type === 'string' ? schema.type : (schema.type?.[0] ?? 'string')
  return Object.hasOwn(samples, type) ? samples[type] : '…'
}
