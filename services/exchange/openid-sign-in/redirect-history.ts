import type { FastifyReply, FastifyRequest } from 'fastify'

const name = 'X-OWA-RedirectHistory'
const mostRounds = 3
const memoryMs = 5 * 60_000
const options = { path: '/', secure: true, httpOnly: true, sameSite: 'none' } as const

/** Counts answers of Entra ID that led to no page, so that a browser that keeps no session does not go in circles. */
export function tooManyRounds(request: FastifyRequest, reply: FastifyReply, now: Date): boolean {
  const moments = (request.cookies[name] ?? '')
    .split('.')
    .filter((moment) => /^\d{1,15}$/.test(moment) && Math.abs(now.getTime() - Number(moment)) < memoryMs)
  if (moments.length >= mostRounds) {
    reply.clearCookie(name, options)
    return true
  }
  reply.setCookie(name, [...moments, String(now.getTime())].join('.'), options)
  return false
}

export function forgetRounds(request: FastifyRequest, reply: FastifyReply): void {
  if (request.cookies[name] !== undefined) reply.clearCookie(name, options)
}
