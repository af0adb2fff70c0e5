import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scenarioJsonSchema } from './json-schema.ts'

test('scenario.schema.json is the export of the schema (vitest -u writes it)', async () => {
  const text = `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`
  await expect(text).toMatchFileSnapshot('scenario.schema.json')
})

test('the default world names the schema for editors', () => {
  const [firstLine] = readFileSync(new URL('contoso.yaml', import.meta.url), 'utf8').split('\n')
  expect(firstLine).toBe('# yaml-language-server: $schema=./scenario.schema.json')
})

test('every field is described in one sentence', () => {
  const fields = [...fieldsOf(scenarioJsonSchema(), '')]
  expect(fields.length).toBeGreaterThan(200)
  const undescribed = fields.filter(({ schema }) => !/^[A-ZÀ-Ž].*\.$/.test(String(schema.description ?? '')))
  expect(undescribed.map(({ path }) => path)).toEqual([])
})

type Field = { readonly path: string; readonly schema: Record<string, unknown> }

function* fieldsOf(schema: unknown, path: string): Generator<Field> {
  if (typeof schema !== 'object' || schema === null) return
  const { properties, items, anyOf, oneOf } = schema as Record<string, unknown>
  for (const [name, field] of Object.entries((properties ?? {}) as Record<string, Record<string, unknown>>)) {
    yield { path: `${path}.${name}`, schema: field }
    yield* fieldsOf(field, `${path}.${name}`)
  }
  for (const inner of [items, ...((anyOf ?? oneOf ?? []) as unknown[])]) yield* fieldsOf(inner, `${path}[]`)
}
