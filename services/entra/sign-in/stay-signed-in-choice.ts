import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** "Don't show this again": the answer stays with the browser, one for each person. */
const cookie = 'SignInStateCookie'
const ninetyDays = 90 * 24 * 60 * 60
const most = 10

export function rememberedChoice(request: FastifyRequest, objectId: string): boolean | undefined {
  const answer = choicesOf(request).get(nameOf(objectId))
  return answer === undefined ? undefined : answer === '1'
}

export function rememberChoice(request: FastifyRequest, reply: FastifyReply, objectId: string, answer: boolean): void {
  const choices = [...choicesOf(request)].filter(([name]) => name !== nameOf(objectId)).slice(1 - most)
  const value = [...choices, [nameOf(objectId), answer ? '1' : '0'] as const].map((pair) => pair.join('.')).join('_')
  reply.setCookie(cookie, value, { path: '/', secure: true, httpOnly: true, sameSite: 'none', maxAge: ninetyDays })
}

function choicesOf(request: FastifyRequest): ReadonlyMap<string, string> {
  const pairs = (request.cookies[cookie] ?? '').split('_').map((pair) => pair.split('.'))
  return new Map(pairs.flatMap(([name, answer]) => (name && answer ? [[name, answer] as const] : [])))
}

function nameOf(objectId: string): string {
  return hash('sha256', objectId).slice(0, 16)
}
