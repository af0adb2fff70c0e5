import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/** Below those that systems hand out by themselves (Linux from 32768 on, others later), for connections that go out too. */
const [lowest, highest] = [15_000, 32_000]

/** A port that nothing listens on, for a process that must be told one before it starts. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

/** So many different ones. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<readonly number[]> {
  const held: { readonly port: number; readonly server: Server }[] = []
  while (held.length < count) {
    const port = randomInt(lowest, highest)
    const server = await listening(port, host)
    if (server) held.push({ port, server })
  }
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  return held.map(({ port }) => port)
}

async function listening(port: number, host: string): Promise<Server | undefined> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    )
    server.listen(port, host, () => resolve(server))
  })
}
