import { type StackOptions, startStack } from '#services/stack.ts'
import { createLog } from '#shared/log.ts'

// One server of an array, as a process that can be killed: told by its argument what to run, it says when it is ready.
const options = JSON.parse(process.argv[2] ?? '') as StackOptions
await startStack({ ...options, log: createLog('silent') })
process.stdout.write('ready\n')
