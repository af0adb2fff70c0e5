import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WindowsAuthentication } from '#shared/windows-authentication/windows-authentication.ts'
import type { DirectoryUser } from '../directory/directory-user.ts'
import { AdfsError } from '../errors.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { PrimaryProvider } from '../sign-in/primary-method.ts'
import type {} from '../sign-in/visit.ts'

export interface WiaParts {
  readonly windows: WindowsAuthentication<DirectoryUser>
  readonly intranet: readonly PrimaryProvider[]
  readonly readFacts: (request: FastifyRequest) => Promise<RequestFacts>
}

/** Goes before a handler: answers 401 until the connection proves who sends, and notes it in the request. */
export function requireWindowsUser({ windows, intranet, readFacts }: WiaParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { insideCorporateNetwork } = await readFacts(request)
    if (!insideCorporateNetwork) {
      throw new AdfsError('unsupportedMethod', { reason: 'Windows authentication never comes through the proxy' })
    }
    if (!intranet.includes('WindowsAuthentication')) {
      const reason = 'WindowsAuthentication is not enabled (primaryAuthentication)'
      throw new AdfsError('unsupportedMethod', { reason })
    }
    const user = await windowsUser(request, reply, windows)
    if (!user) return reply
    request.provedUser = { user, by: 'WindowsAuthentication' }
    return undefined
  }
}

/** Whom the connection proves; undefined when a challenge has been sent instead. */
export async function windowsUser(
  request: FastifyRequest,
  reply: FastifyReply,
  windows: WindowsAuthentication<DirectoryUser>,
) {
  const answer = await windows.answer(request)
  if (answer.kind === 'authenticated') {
    if (answer.authenticate) reply.header('www-authenticate', answer.authenticate)
    return answer.user
  }
  const { decision, reason, user } = answer
  request.recording.note({ decision, reason, ...(user !== undefined && { user }) })
  await reply.code(401).header('www-authenticate', answer.challenges).send('')
  return undefined
}
