import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { StartedProcess } from './started-process.ts'

/** A process that starts another as tests do, which calls back and would stay for ever. */
function parentOfCaller(port: number): string {
  const child = `require('node:net').connect(${port}, '127.0.0.1').resume()`
  return `
    import { StartedProcess } from '#test/actors/started-process.ts'
    new StartedProcess({ args: ['-e', ${JSON.stringify(child)}] })
  `
}

test('what a test started ends with a run that is killed', async () => {
  await using server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await using parent = new StartedProcess({ args: ['--input-type=module', '-e', parentOfCaller(port)] })
  const [caller] = (await once(server, 'connection')) as [Socket]
  const ended = new Promise((resolve) => caller.once('close', resolve))
  caller.on('error', () => undefined).resume()
  expect((await parent.end('SIGKILL')).signal).toBe('SIGKILL')
  await ended
})
