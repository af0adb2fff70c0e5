import { get as getPlain } from 'node:http'
import { get as getTls } from 'node:https'
import type { StartedProcess } from '../actors/started-process.ts'

const askEveryMs = 3

/** Milliseconds from the spawn to the first 200 of `url`, asked every 3 ms on connections of their own. */
export async function timeToReady(
  start: () => StartedProcess,
  url: string,
  hostName?: string,
): Promise<{ running: StartedProcess; milliseconds: number }> {
  const begun = performance.now()
  const running = start()
  let gone = false
  running.exited.then(() => {
    gone = true
  })
  while (!gone) {
    if ((await statusOf(url, hostName)) === 200) return { running, milliseconds: performance.now() - begun }
    await new Promise((resolve) => setTimeout(resolve, askEveryMs))
  }
  throw new Error(`ended before it was ready: ${running.stderr}`)
}

function statusOf(url: string, hostName: string | undefined): Promise<number> {
  const name = hostName !== undefined && { servername: hostName, headers: { host: hostName } }
  const options = { agent: false, rejectUnauthorized: false, ...name }
  return new Promise((resolve) => {
    const ask = (url.startsWith('https:') ? getTls : getPlain)(url, options, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    ask.once('error', () => resolve(0))
  })
}
