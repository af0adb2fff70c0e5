import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { deploymentNames } from '#services/topology.ts'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { StartedProcess, startProcess } from './actors/started-process.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const gateway = /^gateway-/
const names = deploymentNames(await loadDefaultScenario())

test('the topology has deployments and gateways to boot', () => {
  expect(names.filter((name) => gateway.test(name))).toHaveLength(2)
  expect(names.length).toBeGreaterThanOrEqual(10)
})

test.each(names.filter((name) => !gateway.test(name)))('%s boots alone, without its peers', async (name) => {
  await using running = startProcess([name])
  const [, url = ''] = await running.printed(new RegExp(`^ {2}${name} .* management (http://\\S+)$`, 'm'))

  const health = await fetch(`${url}/health`)
  const body = (await health.json()) as { status: string; deployment: string }

  expect(body.deployment).toBe(name)
  expect([health.status, body.status]).toEqual(health.status === 200 ? [200, 'ready'] : [503, expect.any(String)])
  expect((await running.end('SIGTERM')).code).toBe(0)
  expect(running.stderr).toBe('')
})

test.each(names.filter((name) => gateway.test(name)))('%s boots alone, without anything behind it', async (name) => {
  await using running = startProcess([name])
  const [, url = ''] = await running.printed(/Lab: (http:\/\/\S+)$/m)

  const authority = await fetch(`${url}ca.pem`)

  expect(await authority.text()).toMatch(/^-----BEGIN CERTIFICATE-----/)
  expect((await running.end('SIGTERM')).code).toBe(0)
  expect(running.stderr).toBe('')
})

test('npm scripts run on the Node that the project pins, whatever the machine has', async () => {
  const { optionalDependencies } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  const pinned = optionalDependencies[`node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`]
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  // What npm puts first in PATH is what `node` means in its scripts.
  await using script = new StartedProcess({
    program: 'npm',
    args: ['exec', '--offline', '--call', 'node --version'],
    environment: { PATH: path.join(delimiter) },
  })
  await script.exited

  expect(pinned).toBeDefined()
  expect(script.stdout.trim()).toBe(`v${pinned}`)
})
