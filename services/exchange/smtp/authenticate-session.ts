import type { SMTPServerAuthentication, SMTPServerSession } from 'smtp-server'
import { Recording } from '#shared/http/recording.ts'
import { authenticateUser } from '../authentication/authenticate-user.ts'
import type { AuthenticatingRequest } from '../authentication/authenticating-request.ts'
import { BasicRefusal } from '../basic-authentication/basic-refusal.ts'
import type { ExchangeParts } from '../parts.ts'
import { recordHop } from './record-hop.ts'
import { SmtpRefusal } from './smtp-refusal.ts'

const scopes = ['SMTP.Send', 'full_access_as_user']

/** The user principal name of whoever signs in, by password or by access token (XOAUTH2). */
export async function authenticateSession(
  parts: ExchangeParts,
  authentication: SMTPServerAuthentication,
  session: SMTPServerSession,
): Promise<string> {
  const request = requestOf(parts, authentication, session)
  try {
    const { recipient } = await authenticateUser(parts, request, { protocol: 'Smtp', scopes })
    const settings = await parts.organization.recipientSettings(recipient.objectGuid)
    if (settings.SmtpClientAuthenticationDisabled === true)
      throw new SmtpRefusal('submissionDisabled', `Set-CASMailbox turned it off for ${recipient.userPrincipalName}`)
    const user = recipient.userPrincipalName
    recordHop(parts, session, { verb: 'AUTH', status: 235, decision: 'authenticated', user })
    return user
  } catch (error) {
    throw refusalOf(error)
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof SmtpRefusal) return error
  const { status, reason = '' } = error as { status?: number; reason?: string }
  if (error instanceof BasicRefusal && error.code === 'blockedByPolicy') return new SmtpRefusal('basicBlocked', reason)
  if (status === 401) return new SmtpRefusal('badCredentials', reason)
  return status === 503 ? new SmtpRefusal('temporaryAuthentication', reason) : error
}

/** The session in the shape of a request, as every protocol is authenticated. */
function requestOf(
  { config, context }: ExchangeParts,
  { method, username = '', password = '', accessToken = '' }: SMTPServerAuthentication,
  session: SMTPServerSession,
): AuthenticatingRequest {
  const authorization =
    method === 'XOAUTH2'
      ? `Bearer ${accessToken}`
      : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const caller = { address: session.remoteAddress, zone: context.plan.homeZone, viaGateway: false }
  return {
    headers: { authorization },
    hostname: config.mail.host,
    id: context.random.uuid(),
    correlationId: context.random.uuid(),
    caller: caller as AuthenticatingRequest['caller'],
    recording: new Recording(),
  }
}
