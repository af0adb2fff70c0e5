import { startStack } from 'fauxchange'

/** Jest runs this outside of its sandbox, before all test files. */
export default async () => {
  const stack = await startStack()
  process.env.FAUXCHANGE_GATEWAY = stack.proxy('internet')
  globalThis.stopStack = () => stack.stop()
}
