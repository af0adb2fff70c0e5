import { sessionCookie, setSessionCookie } from '../sessions/cookies.ts'
import { deviceSessionEnd, endOfKeptSession } from '../sessions/kept-session.ts'
import type { Session } from '../sessions/session.ts'
import type { ConversationParts } from './conversation.ts'
import { originOf, type Visit } from './visit.ts'

/** The session of the cookie; a kept one may have ended before its time, or last longer because it is used. */
export async function lastingSession(
  visit: Visit,
  { sessions, properties, directory, devices, clock }: ConversationParts,
): Promise<Session | undefined> {
  const cookie = sessionCookie(visit.request)
  const session = await sessions.find(cookie)
  if (cookie === undefined || !session?.keepSignedIn) return session
  const { persistentSso } = await properties.read()
  const origin = originOf(visit)
  const user = await directory.find('sid', session.user.sid, origin)
  const device = session.keptByDevice && (await devices.find(session.device, session.user.sid, origin))
  const reason = endOfKeptSession(session, persistentSso, user, device)
  if (reason !== undefined) {
    await sessions.end(cookie)
    visit.request.recording.note({ decision: 'sessionEnded', reason, user: session.user.userPrincipalName })
    return undefined
  }
  if (!session.keptByDevice) return session
  const expiresAt = deviceSessionEnd(session.primary.instant, persistentSso, clock.now())
  if (expiresAt.getTime() - Date.parse(session.expiresAt) < worthWriting) return session
  const longer = { ...session, expiresAt: expiresAt.toISOString() }
  await sessions.update(cookie, longer)
  setSessionCookie(visit.reply, cookie, expiresAt)
  return longer
}

/** The window slides with every use; it is noted once an hour. */
const worthWriting = 3_600_000
