import { type Stack, startStack } from 'fauxchange'
import { fauxchangeMatchers, LabClient } from 'fauxchange/matchers'

/** Never run: a module of CommonJS, as the compiler judges it. */
export async function use(): Promise<unknown> {
  const stack: Stack = await startStack()
  await new LabClient(stack.proxy('internet')).reset()
  await stack.stop()
  return fauxchangeMatchers.toHaveWalked(stack, 'WEB-ONLINE')
}
