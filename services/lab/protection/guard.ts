import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LabError } from '../errors.ts'
import { judgeRequest, type Verdict } from './judge-request.ts'

/** Keeps pages of other origins out of a scope. */
export function guardOrigin(scope: FastifyInstance, deployment: string): void {
  scope.addHook('onRequest', async (request) => {
    const verdict = verdictOn(request, deployment)
    const { origin = '(none)' } = request.headers
    if (verdict === 'foreignHost') throw new LabError('foreignHost', { detail: `Host: ${addressOf(request)}` })
    if (verdict === 'foreignOrigin') throw new LabError('foreignOrigin', { detail: `Origin: ${origin}` })
  })
}

/** For forms, which only browsers send: they must say that they come from a page of the lab. */
export function guardForms(scope: FastifyInstance, deployment: string): void {
  scope.addHook('onRequest', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return
    if (verdictOn(request, deployment) !== 'sameOrigin') throw new LabError('unconfirmedOrigin')
  })
}

/** The host and port that the browser knows the lab by. */
export function addressOf(request: FastifyRequest): string {
  return single(request.headers['x-forwarded-host']) ?? request.headers.host ?? ''
}

function verdictOn(request: FastifyRequest, deployment: string): Verdict {
  const { headers, method, raw } = request
  return judgeRequest(
    {
      method,
      host: headers.host,
      forwardedHost: single(headers['x-forwarded-host']),
      localAddress: raw.socket.localAddress,
      origin: headers.origin,
      fetchSite: single(headers['sec-fetch-site']),
      fetchMode: single(headers['sec-fetch-mode']),
    },
    deployment,
  )
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join() : header
}
