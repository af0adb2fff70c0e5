import type { JournalEvent } from '#shared/journal.ts'

/** How a hop or a whole conversation ended, in one word. */
export const verdicts = ['allowed', 'refused', 'challenged', 'error'] as const
export type Verdict = (typeof verdicts)[number]

// Entra ID's interrupts, which are answered by a page or a demand for more, are not refusals.
const refusals =
  /^AADSTS(?!50055|50097|50072|50074|50076|50079|50140|50144|50158)\d|^MSIS\d|^STATUS_(?!SUCCESS)|refus|denied|declined|expired$|notYetValid$|timedOut$|^errorPage$|^bad[A-Z]|^wrong[A-Z]|mismatch$|^no[A-Z]|passwordNotUpdated|logoutFailed|locked|^notPublished$|^notSent$|^signInError|blocked/i
/** What was asked for before, and has come. */
const answers = /passed$|accepted$|issued$|^signedIn$|^codeRedeemed$|^(?:mailbox|message|search|options)Page$/i
const questions = /page$|asked$|begun$|pending$|challenge$|required$|picker$|registration$/i

/** 5xx, crashes and faults are errors; what asks for more is a challenge; the rest is refused or allowed. */
export function verdictOf({ status, decisions }: Pick<JournalEvent, 'status' | 'decisions'>): Verdict {
  if (status === 0 || decisions.some((each) => each === 'crash' || /^fault\b/.test(each))) return 'error'
  // Needs provisioning ([MS-ASPROV] §3.1.5.1), and the throttles that name a time, are no failures of the server.
  const isRefused = decisions.some((each) => refusals.test(each))
  // A client or a password that is not taken is refused, whatever the status says of another try.
  if (status === 449 || (status === 401 && !isRefused)) return 'challenged'
  if (status >= 500) return status === 550 || isMailRefusal(status, decisions) ? 'refused' : 'error'
  return status >= 400 || isRefused ? 'refused' : judgedByWords(decisions)
}

/** By the last word that says so: who proved one thing may be asked for the next at once. */
function judgedByWords(decisions: readonly string[]): Verdict {
  const telling = decisions.findLast((each) => answers.test(each) || questions.test(each))
  return telling === undefined || answers.test(telling) ? 'allowed' : 'challenged'
}

/** SMTP's 5yz replies are permanent refusals (RFC 5321 §4.2.1). */
function isMailRefusal(status: number, decisions: readonly string[]): boolean {
  return status > 511 && decisions.length > 0
}

type Judged = Pick<JournalEvent, 'id' | 'parent' | 'method' | 'host' | 'path' | 'status' | 'decisions'>

/** What a proxy hands on is judged by whoever answered it. */
export function verdictIn(events: readonly Judged[], event: Judged): Verdict {
  return verdictOf(answerBehind(events, event) ?? event)
}

/** That of its last hop that says something; a later success makes up for an earlier refusal. */
export function verdictOfFlow(events: readonly Judged[]): Verdict {
  const last = tellingVisits(events).at(-1)
  return last ? verdictIn(events, last) : 'allowed'
}

/** What clients asked that says something, calls between services left out; where nothing does, the last of all. */
export function tellingVisits<E extends Judged>(events: readonly E[]): readonly E[] {
  const visits = events.filter(({ parent, id }) => parent === undefined || parent === id)
  const telling = visits.filter((event) => (answerBehind(events, event) ?? event).decisions.length > 0)
  return telling.length > 0 ? telling : (visits.length > 0 ? visits : events).slice(-1)
}

/** Who answered what a proxy handed on. */
export function answerBehind<E extends Judged>(
  events: readonly E[],
  { id, method, host, path }: Judged,
): E | undefined {
  return events.find(
    (each) =>
      each.parent === id && each.id !== id && each.method === method && each.host === host && each.path === path,
  )
}
