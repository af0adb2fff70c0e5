import { mkdtemp } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openAuthority } from '#certs/authority.ts'
import { StartedProcess } from '../actors/started-process.ts'
import { HeldLine, requestBytes } from './held-line.ts'

const host = 'outlook.office365.com'

interface FloorServer {
  readonly held: number
  readonly release: number
  readonly caPem: string
}

/** Holds whatever is asked over TLS, and answers everybody at once when told to; it does nothing else. */
export async function serveHeldFloor(): Promise<void> {
  const authority = await openAuthority({
    directory: await mkdtemp(join(tmpdir(), 'fauxchange-floor-')),
    domains: ['office365.com'],
  })
  const { keyPem, certificatePem } = await authority.leafFor({ name: 'floor', hosts: [host] })
  const waiting: ServerResponse[] = []
  const secure = createTlsServer({ key: keyPem, cert: certificatePem, minVersion: 'TLSv1.2' }, (request, response) => {
    request.resume().once('end', () => waiting.push(response))
  })
  const trigger = createServer((_request, response) => {
    const body = Buffer.alloc(60)
    for (const each of waiting.splice(0)) each.end(body)
    response.end()
  })
  const portOf = (server: typeof trigger | typeof secure) =>
    new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    )
  const [held, release] = [await portOf(secure), await portOf(trigger)]
  process.once('SIGTERM', () => process.exit(0))
  process.stdout.write(`${JSON.stringify({ held, release, caPem: authority.caPem } satisfies FloorServer)}\n`)
}

/** How long the same phones take for answers that cost the server nothing but writing them. */
export async function heldFloorMs(count: number): Promise<number> {
  await using process = new StartedProcess({
    args: [fileURLToPath(new URL('./run.ts', import.meta.url)), '--held-floor'],
  })
  const [line] = await process.printed(/^\{"held".*\}$/m)
  const { held, release, caPem } = JSON.parse(line) as FloorServer
  const lines: HeldLine[] = []
  for (let index = 0; index < count; index += 1) lines.push(await HeldLine.open({ port: held, ca: caPem, host }))
  const request = requestBytes('/', { host }, Buffer.alloc(80))
  const round = async () => {
    const waiting = lines.map((each) => each.ask(request))
    await new Promise((resolve) => setTimeout(resolve, 1000 + count / 5))
    const begun = performance.now()
    await fetch(`http://127.0.0.1:${release}/`)
    return Math.max(...(await Promise.all(waiting)).map(({ at }) => at)) - begun
  }
  await round()
  const milliseconds = await round()
  for (const each of lines) each[Symbol.dispose]()
  await process.end('SIGTERM')
  return milliseconds
}
