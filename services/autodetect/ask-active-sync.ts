import { type Hop, userAgent } from './ask-auto-discover.ts'
import type { ActiveSyncFinding } from './detection.ts'

/** Codes of Node's TLS for certificates that nobody should trust. */
const certificateProblem = /\b(CERT_\w+|ERR_TLS_CERT_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+)\b/

/** The empty bearer, which asks where to sign in ("Hybrid Modern Authentication overview"). */
export async function askActiveSync(hop: Hop, url: string): Promise<ActiveSyncFinding> {
  const { http, parent, correlationId, signal } = hop
  const headers = { 'user-agent': userAgent, authorization: 'Bearer' }
  try {
    const answer = await http.send(url, { method: 'OPTIONS', headers, parent, correlationId, signal })
    await answer.body.dump()
    return findingOf(answer.status, answer.headers['www-authenticate'])
  } catch (error) {
    const problem = certificateProblem.exec(messagesOf(error))?.[1]
    if (problem !== undefined) return { outcome: 'insecure', problem }
    return { outcome: 'unusable', reason: (error as Error).message }
  }
}

export function findingOf(status: number, challenges: string | readonly string[] | undefined): ActiveSyncFinding {
  if (status !== 401) return { outcome: 'unusable', reason: `ActiveSync answered ${status} in place of 401` }
  const lines = [challenges ?? []].flat()
  const bearer = lines.find((line) => /^bearer\b/i.test(line.trim())) ?? ''
  const authorizationUri = /authorization_uri\s*=\s*"([^"]+)"/i.exec(bearer)?.[1]
  if (authorizationUri !== undefined && URL.canParse(authorizationUri)) return { outcome: 'modern', authorizationUri }
  if (lines.some((line) => /\bbasic\b/i.test(line))) return { outcome: 'basicOnly' }
  return { outcome: 'unusable', reason: 'the challenge of ActiveSync names neither an authorization_uri nor Basic' }
}

function messagesOf(error: unknown): string {
  const { message, code, cause } = error as { message?: string; code?: string; cause?: unknown }
  return `${code ?? ''} ${message ?? ''} ${cause === undefined ? '' : messagesOf(cause)}`
}
