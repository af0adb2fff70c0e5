import { expect, test } from 'vitest'
import { verdictTableJsonSchema } from './schemas.ts'

test('verdicts.schema.json is the export of the schema (vitest -u writes it)', async () => {
  const text = `${JSON.stringify(verdictTableJsonSchema(), null, 2)}\n`
  await expect(text).toMatchFileSnapshot('verdicts.schema.json')
})
