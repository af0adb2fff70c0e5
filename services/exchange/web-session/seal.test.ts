import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { systemRandom } from '#shared/random.ts'
import { canaryOf, isCanaryOf, SealingRoot, seal, unseal } from './seal.ts'

const newRoot = () => new SealingRoot(randomBytes(32))
const root = newRoot()

test('opens what was sealed with the same key for the same purpose', () => {
  expect(unseal(root, 'a', seal(root, 'a', 'Grüße', systemRandom))).toBe('Grüße')
  expect(unseal(root, 'a', seal(root, 'a', '', systemRandom))).toBe('')
})

test('the same text is sealed differently each time', () => {
  expect(seal(root, 'a', 'text', systemRandom)).not.toBe(seal(root, 'a', 'text', systemRandom))
})

test.each([
  ['another key', (sealed: string) => unseal(newRoot(), 'a', sealed)],
  ['another purpose', (sealed: string) => unseal(root, 'b', sealed)],
  ['a shortened text', (sealed: string) => unseal(root, 'a', sealed.slice(0, -3))],
  ['a short tag', (sealed: string) => unseal(root, 'a', sealed.slice(0, 30))],
  ['nothing', () => unseal(root, 'a', '')],
])('does not open with %s', (_what, open) => {
  expect(open(seal(root, 'a', 'text', systemRandom))).toBeUndefined()
})

test('does not open when any byte was changed', () => {
  const bytes = Buffer.from(seal(root, 'a', 'text', systemRandom), 'base64url')
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes)
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(unseal(root, 'a', changed.toString('base64url'))).toBeUndefined()
  }
})

test('a canary is of one session', () => {
  const canary = canaryOf(root, 'one')
  expect(isCanaryOf(root, 'one', canary)).toBe(true)
  for (const other of [canaryOf(root, 'two'), canaryOf(newRoot(), 'one'), '', undefined, [canary]])
    expect(isCanaryOf(root, 'one', other)).toBe(false)
})
