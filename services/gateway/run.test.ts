import { expect, test } from 'vitest'
import { startStack } from '#services/stack.ts'
import { managementHeader } from '#shared/stack/management.ts'

test('the management port says where the gateway listens', async () => {
  await using stack = await startStack({ only: ['lab', 'autodetect', 'gateway-internet'] })
  const page = await (await fetch(`${stack.proxy('internet')}/`)).text()
  expect(page).toContain(`127.0.0.1:${stack.gateways.internet?.tlsPort}`)
})

test('health names what is not ready', async () => {
  await using stack = await startStack({ only: ['autodetect', 'gateway-internet'] })
  const answer = await fetch(`${stack.proxy('internet')}/health`)
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ status: 'ready', deployments: { autodetect: 'ready' } }),
  ])
})

test('a management port answers nobody who came by a page of another site', async () => {
  await using stack = await startStack({ only: ['autodetect'] })
  const { host, port } = stack.deployments[0]?.management ?? { host: '', port: 0 }
  const url = `http://${host}:${port}/journal`
  const asPage = await fetch(url, { headers: { origin: 'https://evil.example', [managementHeader]: '1' } })
  expect([(await fetch(url)).status, asPage.status]).toEqual([403, 403])
  expect((await fetch(url, { headers: { [managementHeader]: '1' } })).status).toBe(200)
})
