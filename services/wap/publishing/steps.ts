import type { FastifyRequest } from 'fastify'

/** Only the two web applications of Exchange are steps of a documented flow. */
export function noteStep(request: FastifyRequest, step: 1 | 2, decision: string, reason: string): void {
  const isWeb = /^\/(owa|ecp)(\/|\?|$)/i.test(request.url)
  request.recording.note({ decision, reason, ...(isWeb && { step: `WEB-ONPREM-${step}` as const }) })
}
