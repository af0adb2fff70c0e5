import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { startStack } from 'fauxchange'

/** By the runner that Node brings; Mocha has the same hooks. */
let stack
before(async () => {
  stack = await startStack()
})
beforeEach(() => stack.reset())
after(() => stack.stop())

test('a code of the phone is good for its half minute', async () => {
  await stack.lab.clock.change({ freeze: true })
  const phone = stack.mfa('bob@contoso.com')
  const code = await phone.code()
  assert.match(code, /^\d{6}$/)
  await stack.lab.clock.change({ advance: 'PT30S' })
  assert.notEqual(await phone.code(), code)
})

test('nobody has asked for anything', async () => {
  assert.deepEqual(await stack.journal({ user: 'bob@contoso.com' }), [])
})
