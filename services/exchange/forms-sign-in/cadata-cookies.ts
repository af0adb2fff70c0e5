import type { FastifyRequest } from 'fastify'
import type { Random } from '#shared/random.ts'
import { openParts, seal, sealParts, unseal } from '../web-session/seal.ts'
import type { SealingKey } from '../web-session/sealing-key.ts'
import type { WebSession } from '../web-session/session.ts'
import type { SessionCookies } from '../web-session/web-sign-in.ts'

const names = {
  content: 'cadata',
  lastActivity: 'cadataTTL',
  salt: 'cadataKey',
  iv: 'cadataIV',
  tag: 'cadataSig',
} as const
const options = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const

/** The five cookies of forms-based authentication, for both directories; they open only together. */
export function cadataCookies(key: SealingKey, random: Random): SessionCookies {
  return {
    read: async (request) => {
      if (!hasCadata(request)) return undefined
      const { cookies } = request
      const root = await key.read()
      const salt = cookies[names.salt] ?? ''
      const bytes = (name: string) => Buffer.from(cookies[name] ?? '', 'base64url')
      const parts = { content: bytes(names.content), iv: bytes(names.iv), tag: bytes(names.tag) }
      const session = openParts(root, `cadata ${salt}`, parts)
      const lastActivity = unseal(root, `cadataTTL ${salt}`, cookies[names.lastActivity] ?? '')
      if (!session || !lastActivity) return undefined
      return { session: JSON.parse(session) as WebSession, lastActivity: Number(lastActivity) }
    },
    write: async (reply, _directory, { session, lastActivity }) => {
      const root = await key.read()
      const salt = random.token(16)
      const { content, iv, tag } = sealParts(root, `cadata ${salt}`, JSON.stringify(session), random)
      reply.setCookie(names.content, content.toString('base64url'), options)
      reply.setCookie(names.lastActivity, seal(root, `cadataTTL ${salt}`, String(lastActivity), random), options)
      reply.setCookie(names.salt, salt, options)
      reply.setCookie(names.iv, iv.toString('base64url'), options)
      reply.setCookie(names.tag, tag.toString('base64url'), options)
    },
    clear: (request, reply) => {
      for (const name of Object.values(names)) if (request.cookies[name] !== undefined) reply.clearCookie(name, options)
    },
  }
}

export function hasCadata({ cookies }: FastifyRequest): boolean {
  return cookies[names.content] !== undefined
}
