import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Random } from '#shared/random.ts'
import { momentOf, ticksOf } from '../dot-net-ticks.ts'
import { openParts, type SealingRoot, seal, sealParts, unseal } from '../web-session/seal.ts'
import type { SealingKey } from '../web-session/sealing-key.ts'
import type { KeptSession, WebSession } from '../web-session/session.ts'
import type { SessionCookies, VirtualDirectory } from '../web-session/web-sign-in.ts'

/** Windows Identity Foundation's ChunkedCookieHandler. */
const chunkLength = 2000
const timeWindow = { content: 'TimeWindow', salt: 'TimeWindowKey', iv: 'TimeWindowIV', tag: 'TimeWindowSig' } as const

/**
 * FedAuth holds the session; the four TimeWindow cookies hold when it began and was last used, and open only together
 * and beside the FedAuth they were made for.
 */
export function federationCookies(key: SealingKey, random: Random): SessionCookies {
  return {
    read: async (request, directory) => {
      const fedAuth = fedAuthOf(request)
      if (!fedAuth) return undefined
      const root = await key.read()
      const session = unseal(root, fedAuthPurpose(directory), fedAuth)
      const lastActivity = readTimeWindow(request, root, fedAuth)
      return session && lastActivity ? { session: JSON.parse(session) as WebSession, lastActivity } : undefined
    },
    write: async (reply, directory, kept) => {
      const root = await key.read()
      const options = cookieOptions(directory)
      const fedAuth = seal(root, fedAuthPurpose(directory), JSON.stringify(kept.session), random)
      for (const [name, value] of chunks(fedAuth)) reply.setCookie(name, value, options)
      for (const [name, value] of writeTimeWindow(root, fedAuth, kept, random)) reply.setCookie(name, value, options)
    },
    clear: (request, reply, directory) => {
      const names = Object.keys(request.cookies).filter((name) => /^(FedAuth\d*|TimeWindow(Key|IV|Sig)?)$/.test(name))
      for (const name of names) reply.clearCookie(name, cookieOptions(directory))
    },
  }
}

function cookieOptions(directory: VirtualDirectory) {
  return { path: `/${directory}/`, secure: true, httpOnly: true, sameSite: 'lax' } as const
}

function fedAuthPurpose(directory: VirtualDirectory): string {
  return `FedAuth /${directory}/`
}

function chunks(fedAuth: string): [string, string][] {
  const pieces = fedAuth.match(new RegExp(`.{1,${chunkLength}}`, 'g')) ?? []
  return pieces.map((piece, index) => [index === 0 ? 'FedAuth' : `FedAuth${index}`, piece])
}

function fedAuthOf({ cookies }: FastifyRequest): string | undefined {
  let value = cookies.FedAuth
  for (let index = 1; value !== undefined && cookies[`FedAuth${index}`] !== undefined; index++)
    value += cookies[`FedAuth${index}`]
  return value
}

function writeTimeWindow(root: SealingRoot, fedAuth: string, kept: KeptSession, random: Random): [string, string][] {
  const salt = random.token(16)
  const times = [kept.session.signedInAt, kept.lastActivity].map((moment) => ticksOf(new Date(moment))).join('|')
  const { content, iv, tag } = sealParts(root, timeWindowPurpose(fedAuth, salt), times, random)
  return [
    [timeWindow.content, content.toString('base64url')],
    [timeWindow.salt, salt],
    [timeWindow.iv, iv.toString('base64url')],
    [timeWindow.tag, tag.toString('base64url')],
  ]
}

function readTimeWindow({ cookies }: FastifyRequest, root: SealingRoot, fedAuth: string): number | undefined {
  const bytes = (name: string) => Buffer.from(cookies[name] ?? '', 'base64url')
  const parts = { content: bytes(timeWindow.content), iv: bytes(timeWindow.iv), tag: bytes(timeWindow.tag) }
  const times = openParts(root, timeWindowPurpose(fedAuth, cookies[timeWindow.salt] ?? ''), parts)
  const lastActivity = times?.split('|')[1]
  return lastActivity === undefined ? undefined : momentOf(BigInt(lastActivity)).getTime()
}

function timeWindowPurpose(fedAuth: string, salt: string): string {
  return `TimeWindow ${createHash('sha256').update(fedAuth).digest('base64url')} ${salt}`
}
