import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientEnvironment } from '#services/client-environment.ts'
import { type Stack, startStack } from '#services/stack.ts'
import { StartedProcess } from '../actors/started-process.ts'

/* Programs that get nothing but the variables of `fauxchange env`. */

const keys = 'https://login.microsoftonline.com/common/discovery/v2.0/keys'
let stack: Stack

beforeAll(async () => {
  stack = await startStack({ only: ['entra', 'lab', 'gateway-internet'] })
})
afterAll(() => stack[Symbol.asyncDispose]())

test.each([
  { program: 'curl', args: ['-sf', keys] },
  { program: 'wget', args: ['-qO-', keys] },
  { program: '/usr/bin/python3', args: ['-c', `import requests; print(requests.get("${keys}").text)`] },
  { program: 'perl', args: ['-MLWP::UserAgent', '-e', `print LWP::UserAgent->new->get("${keys}")->decoded_content`] },
  { program: 'ruby', args: ['-ropen-uri', '-e', `print URI.open("${keys}").read`] },
])('$program finds the way, and trusts who answers', async ({ program, args }) => {
  const { variables: environment } = await clientEnvironment(stack.proxy('internet'))
  await using running = new StartedProcess({ program, args, environment })
  await running.exited
  expect([running.stderr, running.stdout]).toEqual(['', expect.stringMatching(/^\{"keys":/)])
})
