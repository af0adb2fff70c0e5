import type { FastifyRequest } from 'fastify'
import type { SignInMoment, StepId } from '#shared/flows.ts'
import type { JournalNote } from '#shared/journal.ts'
import { exchangeOnlineId } from '../applications/first-party.ts'
import { outlookMobileId } from '../applications/first-party-clients.ts'
import type { AuthorizeRequest } from '../authorize/authorize-request.ts'
import type { Decision } from '../conditional-access/decision.ts'

/** What happens in a sign-in of the documented flows: the step of Outlook on the web, and the moment of an app's. */
const happenings = {
  asked: [2, 'SIGN-IN-address'],
  federated: [2, 'SIGN-IN-federated'],
  credentials: [2, 'SIGN-IN-credentials'],
  returned: [2, 'SIGN-IN-return'],
  providerFactor: [2, 'SIGN-IN-provider-factor'],
  policy: [3, 'SIGN-IN-policy'],
  // Also while no answer has come: who was asked has met nothing yet.
  restricted: [4, 'SIGN-IN-restrictions'],
  requirement: [5, 'SIGN-IN-requirements'],
  answered: [6, 'SIGN-IN-tokens'],
} as const satisfies Record<string, readonly [number, SignInMoment]>

export type Happening = keyof typeof happenings

export function note(
  request: FastifyRequest,
  { clientId }: Pick<AuthorizeRequest, 'clientId'>,
  happening: Happening | undefined,
  content: Omit<JournalNote, 'step'>,
): void {
  const step = happening && stepOf(clientId, happening)
  request.recording.note(step ? { ...content, step } : content)
}

/** Of the two clients whose sign-ins are documented; other clients' have no steps. */
export function stepOf(clientId: string, happening: Happening): StepId | SignInMoment | undefined {
  const [ofWeb, moment] = happenings[happening]
  if (clientId === exchangeOnlineId) return `WEB-ONLINE-${ofWeb}`
  return clientId === outlookMobileId ? moment : undefined
}

/** An app's device and protection are judged without a page: what a policy asks for and finds is met at once. */
export function noteRestrictions(
  request: FastifyRequest,
  authorize: Pick<AuthorizeRequest, 'clientId'>,
  { applied, outcome }: Decision,
): void {
  const demands = applied.some(({ result }) => result === 'success' || result === 'failure')
  if (!demands || authorize.clientId !== outlookMobileId) return
  note(request, authorize, 'restricted', {})
  if (outcome === 'allow') note(request, authorize, 'requirement', {})
}
