import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type ClientRequest, request } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { ProxyAgent, request as send } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, freePorts } from './actors/free-port.ts'
import { readyGateways, StartedProcess, startProcess } from './actors/started-process.ts'

/*
 * What somebody with a terminal and a checkout can rely on: the process, its exit codes, and the addresses that are
 * the same for every world. All of it from outside, in another process.
 */

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fauxchange-start-up-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** The first answer of a port that nothing listens on yet. */
async function firstAnswer(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer) return answer
    await delay(10)
  }
}

/**
 * Milliseconds: two seconds, or what the start took, and several times that where others use the machine. What is held
 * here would last for good.
 */
function longestEnd({ stdout }: StartedProcess): number {
  const [, start] = /ready \((\d+) ms\)/.exec(stdout) ?? []
  return 10 * Math.max(2000, Number(start))
}

async function readiness(gateway: string) {
  const answer = await fetch(`${gateway}/health`)
  return { code: answer.status, ...((await answer.json()) as { status: string; deployments: Record<string, string> }) }
}

/** A request that no proxy answers before it has the whole body, which never comes. */
async function heldRequest(gateway: string, host: string): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const { hostname, port } = new URL(gateway)
  const ask: ClientRequest = request({ host: hostname, port, method: 'CONNECT', path: `${host}:443` })
  const socket = await new Promise<Socket>((resolve, reject) => {
    ask.once('connect', (_response, tunnel) => resolve(tunnel)).once('error', reject)
    ask.end()
  })
  const tls = connectTls({ socket, servername: host, rejectUnauthorized: false })
  await new Promise((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject))
  const closed = new Promise((resolve) =>
    tls
      .once('close', resolve)
      .on('error', () => {})
      .resume(),
  )
  tls.write(`POST /common/oauth2/v2.0/token HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 1000\r\n\r\ngrant`)
  return { socket, closed }
}

describe('npm start', () => {
  test('brings everything up on the ports asked for, says so, and ends with 0 on SIGTERM', async () => {
    const [internetPort = 0, corpPort = 0] = await freePorts(2)
    const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'))
    const flags = [
      '--internet-port',
      internetPort,
      '--corp-port',
      corpPort,
      '--internet-tls-port',
      0,
      '--corp-tls-port',
      0,
      '--online-smtp-port',
      0,
      '--onprem-smtp-port',
      0,
    ]
    await using npm = new StartedProcess({
      program: 'npm',
      args: ['start', '--', ...flags.map(String)],
      environment: { PATH: path.join(delimiter) },
    })

    const gateways = await readyGateways(npm)

    expect(gateways.internet).toBe(`http://127.0.0.1:${internetPort}`)
    expect(gateways.corp).toBe(`http://127.0.0.1:${corpPort}`)
    expect(npm.stdout).toMatch(/ready \(\d+ ms\)/)
    expect(npm.stdout).toContain('alice@contoso.com')
    expect(npm.stdout).toContain(`npm run browser -- --gateway ${gateways.corp}  (inside)`)
    expect(npm.stdout).toContain(`npm run doctor -- --gateway http://127.0.0.1:${internetPort}\n`)
    expect(await readiness(gateways.internet)).toMatchObject({ code: 200, status: 'ready' })
    const ending = await npm.end('SIGTERM')
    expect(ending.code).toBe(0)
    expect(ending.milliseconds).toBeLessThan(longestEnd(npm))
  })
})

describe('GET /health', () => {
  test('answers 503 and names who is missing while a deployment waits', async () => {
    const port = await freePort()
    await using running = startProcess(['gateway-internet', 'directory', '--internet-port', String(port)])

    const health = await firstAnswer(`http://127.0.0.1:${port}/health`)

    expect(health.status).toBe(503)
    expect(await health.json()).toMatchObject({ status: 'starting', deployments: { directory: 'starting' } })
    expect(running.stdout).toBe('')
    expect((await running.end('SIGTERM')).code).toBe(0)
  })
})

const newcomer = { userPrincipalName: 'niaj@contoso.com', displayName: 'Niaj Nkosi', password: 'Niaj-Pass17' }

async function userNames(gateway: string): Promise<string[]> {
  const answer = await fetch(`${gateway}/api/directory/users`)
  expect(answer.status).toBe(200)
  const { users } = (await answer.json()) as { users: { userPrincipalName: string }[] }
  return users.map((user) => user.userPrincipalName)
}

/** One process for all of it: each start of a whole stack costs seconds. */
describe('a running stack', () => {
  let port: number
  let data: string
  let running: StartedProcess
  let gateways: Awaited<ReturnType<typeof readyGateways>>

  beforeAll(async () => {
    port = await freePort()
    data = join(folder, 'data')
    running = startProcess(['--internet-port', String(port), '--certs', join(folder, 'first-start'), '--data', data])
  })

  afterAll(() => running[Symbol.asyncDispose]())

  test('GET /health says ready no sooner than every deployment is', async () => {
    const url = `http://127.0.0.1:${port}`
    let health = await firstAnswer(`${url}/health`)
    while (health.status !== 200) {
      expect(health.status).toBe(503)
      expect(await health.json()).toMatchObject({ status: 'starting' })
      health = await fetch(`${url}/health`)
    }

    const { status, deployments } = (await health.json()) as { status: string; deployments: Record<string, string> }
    const caPem = await (await fetch(`${url}/ca.pem`)).text()
    const dispatcher = new ProxyAgent({ uri: url, requestTls: { ca: caPem } })
    const discovery = await send('https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration', {
      dispatcher,
    })
    await discovery.body.dump()
    await dispatcher.destroy()

    expect(status).toBe('ready')
    expect(Object.keys(deployments).length).toBeGreaterThanOrEqual(8)
    expect(new Set(Object.values(deployments))).toEqual(new Set(['ready']))
    expect(discovery.statusCode).toBe(200)
    gateways = await readyGateways(running)
    expect(gateways.internet).toBe(url)
  })

  test.each(['internet', 'corp'] as const)('serves its CA at the gateway of %s', async (zone) => {
    const answer = await fetch(`${gateways[zone]}/ca.pem`)
    const authority = new X509Certificate(await answer.text())

    expect(authority.ca).toBe(true)
    expect(authority.verify(authority.publicKey)).toBe(true)
    expect(running.stdout).toContain(join(folder, 'first-start'))
  })

  test('serves a PAC file with the names of the zone', async () => {
    const [internet, corp] = await Promise.all(
      [gateways.internet, gateways.corp].map(async (gateway) => (await fetch(`${gateway}/proxy.pac`)).text()),
    )

    expect(internet).toContain('FindProxyForURL')
    expect(internet).toContain('adfs.contoso.com')
    expect(internet).toContain(new URL(gateways.internet).host)
    expect(internet).not.toContain('dc1.contoso.com')
    expect(corp).toContain('dc1.contoso.com')
  })

  test('describes the lab API as OpenAPI', async () => {
    const answer = await fetch(`${gateways.internet}/api/openapi.json`)
    const document = (await answer.json()) as { openapi: string; paths: Record<string, Record<string, unknown>> }

    expect(document.openapi).toMatch(/^3\./)
    expect(Object.keys(document.paths['/api/reset'] ?? {})).toContain('post')
    expect(Object.keys(document.paths['/api/clock'] ?? {})).toEqual(expect.arrayContaining(['get', 'post']))
    expect(Object.keys(document.paths['/api/journal'] ?? {})).toContain('get')
    expect(document.paths['/api/mfa/{upn}']).toHaveProperty('get')
    expect(document.paths['/api/mfa/{upn}/approve']).toHaveProperty('post')
    expect(document.paths['/api/mfa/{upn}/deny']).toHaveProperty('post')
  })

  test('refuses names outside the stack, and says why', async () => {
    const { hostname, port } = new URL(gateways.internet)
    const ask = request({ host: hostname, port, method: 'CONNECT', path: 'example.org:443' })
    const text = await new Promise<string>((resolve, reject) => {
      ask.once('connect', (response, socket, head) => {
        let body = head.toString()
        socket.setEncoding('utf8').on('data', (chunk) => (body += chunk))
        socket.once('end', () => resolve(`${response.statusCode} ${body}`))
      })
      ask.once('error', reject).end()
    })

    expect(text).toMatch(/^403 /)
    expect(text).toContain('example.org')
    expect(text).toContain('login.microsoftonline.com')
  })

  test('ends with 0 at once, open tunnels and held requests included', async () => {
    expect(await userNames(gateways.internet)).not.toContain(newcomer.userPrincipalName)
    const created = await fetch(`${gateways.internet}/api/directory/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(newcomer),
    })
    expect(created.status).toBeLessThan(300)
    const held = await Promise.all([
      heldRequest(gateways.internet, 'login.microsoftonline.com'),
      heldRequest(gateways.internet, 'mail.contoso.com'),
      heldRequest(gateways.corp, 'adfs.contoso.com'),
    ])
    const ending = await running.end('SIGTERM')

    expect(ending).toMatchObject({ code: 0, signal: null })
    expect(ending.milliseconds).toBeLessThan(longestEnd(running))
    await Promise.all(held.map((each) => each.closed))
    expect(running.stderr).toBe('')
  })

  // What a process keeps that is killed: killed.test.ts.
  test('--data keeps what was acknowledged before it was ended; SIGINT ends with 0 too', async () => {
    await using after = startProcess(['--data', data])
    const { internet: again } = await readyGateways(after)

    expect(await userNames(again)).toContain(newcomer.userPrincipalName)
    await fetch(`${again}/api/reset`, { method: 'POST' })
    expect(await userNames(again)).not.toContain(newcomer.userPrincipalName)
    expect(after.stderr).toBe('')
    expect((await after.end('SIGINT')).code).toBe(0)
  })
})

describe('what cannot start', () => {
  test('a scenario with mistakes: one report with lines, exit code 2, nothing listens', async () => {
    const port = await freePort()
    const file = join(folder, 'broken.yaml')
    await writeFile(file, 'tenant: { id: not-a-guid }\nusers:\n  - userPrincipalName: alice\n    pasword: x\n')
    await using running = startProcess(['--scenario', file, '--internet-port', String(port)])

    const { code } = await running.exited

    expect(code).toBe(2)
    expect(running.stdout).toBe('')
    for (const line of [1, 3, 4]) expect(running.stderr).toContain(`${file}:${line}`)
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow()
  })

  test('a taken port: named with the option that changes it, exit code 1', async () => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
    const { port } = squatter.address() as { port: number }
    await using running = startProcess(['--internet-port', String(port)])

    const { code } = await running.exited
    squatter.close()

    expect(code).toBe(1)
    expect(running.stderr).toContain(`127.0.0.1:${port} is taken`)
    expect(running.stderr).toContain('--internet-port')
    expect(running.stdout).toBe('')
  })
})
