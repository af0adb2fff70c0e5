import type { StitchedEvent } from '../journal/stitch.ts'

/** What a person does on the phone is no hop of the browser, but belongs to the sign-in that waits for it. */
export function isAtPhone({
  deployment,
  path,
  method,
}: Pick<StitchedEvent, 'deployment' | 'path' | 'method'>): boolean {
  return deployment === 'lab' && method === 'POST' && /^\/(?:api\/mfa|phone)\//.test(path)
}

/** The events of a conversation, with what its person did on the phone meanwhile; in the order of `events`. */
export function withPhone(events: readonly StitchedEvent[], flowId: string): readonly StitchedEvent[] {
  const own = events.filter((event) => event.flowId === flowId)
  const users = new Set(own.flatMap(({ user }) => user?.toLowerCase() ?? []))
  const [begin, end] = [events.indexOf(own[0] as StitchedEvent), events.indexOf(own.at(-1) as StitchedEvent)]
  return events.flatMap((event, position) => {
    if (event.flowId === flowId) return [event]
    const isMeanwhile = position > begin && position < end && users.has(event.user?.toLowerCase() ?? '')
    return isMeanwhile && isAtPhone(event) ? [{ ...event, flowId }] : []
  })
}
