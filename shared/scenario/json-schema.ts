import { z } from 'zod'
import { scenarioSchema } from './schema.ts'

/** For editors: what a person may write, with the sentence of every field. */
export function scenarioJsonSchema(): object {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', reused: 'inline' })
  return { ...schema, title: 'Scenario' }
}
