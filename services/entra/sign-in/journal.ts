import type { FastifyRequest } from 'fastify'
import type { JournalNote } from '#shared/journal.ts'
import { exchangeOnlineId } from '../applications/first-party.ts'
import type { AuthorizeRequest } from '../authorize/authorize-request.ts'

/** Steps of Outlook on the web that this service takes part in; only Exchange Online's own sign-ins carry them. */
export type WebOnlineStep = 2 | 3 | 4 | 5 | 6

export function note(
  request: FastifyRequest,
  authorize: Pick<AuthorizeRequest, 'clientId'>,
  step: WebOnlineStep | undefined,
  content: Omit<JournalNote, 'step'>,
): void {
  const tagged = step !== undefined && authorize.clientId === exchangeOnlineId
  request.recording.note(tagged ? { ...content, step: `WEB-ONLINE-${step}` } : content)
}
