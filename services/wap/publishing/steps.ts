import type { FastifyRequest } from 'fastify'

/** Only pages of the two web applications of Exchange are steps of a documented flow, not what pages fetch. */
export function noteStep(request: FastifyRequest, step: 1 | 2, decision: string, reason: string): void {
  const [path = ''] = request.url.split('?', 1)
  const isWeb = /^\/(owa|ecp)(\/|$)/i.test(path) && !/\.(?:css|js|svg|png|gif|ico|woff2?|owa2)$/i.test(path)
  request.recording.note({ decision, reason, ...(isWeb && { step: `WEB-ONPREM-${step}` as const }) })
}
