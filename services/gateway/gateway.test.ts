import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closing, mailName, type Stage, setStage } from './_stage.ts'

let stage: Stage

beforeEach(async () => {
  stage = await setStage()
})

afterEach(() => stage[Symbol.asyncDispose]())

test.each(['client', 'deployment'])('closes both sides of a tunnel when the %s leaves', async (who) => {
  const echo = await stage.echoDeployment()
  await stage.start({ resolve: () => echo.upstream })
  const client = await stage.tunnel(`${mailName}:443`)
  const [deployment] = await echo.accepted
  const [leaving, staying] = who === 'client' ? [client, deployment] : [deployment, client]
  const closed = closing(staying)
  staying.resume()
  leaving.destroy()
  await closed
})

test('lets a client that closed its half read the rest of the answer', async () => {
  const echo = await stage.echoDeployment()
  await stage.start({ resolve: () => echo.upstream })
  const client = await stage.tunnel(`${mailName}:443`)
  const sent = 'x'.repeat(4 * 1024 * 1024)
  client.end(sent)
  const echoed = await text(client)
  expect(echoed.endsWith(sent)).toBe(true)
})

test('stops at once although tunnels and event streams are open', async () => {
  const client = await stage.overTls(await stage.tunnel(`${mailName}:443`))
  const incoming = await stage.send('/events')
  const closed = Promise.all([closing(client), closing(incoming)])
  await stage.gateway[Symbol.asyncDispose]()
  await closed
  await expect(stage.dial(stage.gateway.httpPort)).rejects.toThrow('ECONNREFUSED')
})
