import type { JournalEvent } from '#shared/journal.ts'

/** An event of a browser, with what a test says of it. */
export function event(facts: Partial<JournalEvent> & { readonly id: string }): JournalEvent {
  return {
    time: '2026-05-01T12:00:00.000Z',
    sequence: 1,
    deployment: 'entra',
    zone: 'internet',
    actor: 'browser',
    clientAddress: '203.0.113.10',
    method: 'GET',
    host: 'login.microsoftonline.com',
    path: '/',
    query: {},
    status: 200,
    durationMs: 3,
    steps: [],
    decisions: [],
    reasons: [],
    correlationId: 'c',
    linksIn: [],
    linksOut: [],
    detail: {},
    ...facts,
  }
}

/** `seconds` after the time of `event()`. */
export function at(seconds: number): string {
  return new Date(Date.parse('2026-05-01T12:00:00.000Z') + seconds * 1000).toISOString()
}
