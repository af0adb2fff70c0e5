import assert from 'node:assert/strict'
import { startStack } from 'fauxchange'

describe('the phone of bob@contoso.com', () => {
  let stack
  before(async function () {
    this.timeout(120_000)
    stack = await startStack()
  })
  beforeEach(() => stack.reset())
  after(() => stack.stop())

  it('has no request to deny', async () => {
    await assert.rejects(stack.mfa('bob@contoso.com').deny(), { status: 404 })
  })
})
