import type { StitchedEvent } from '../journal/stitch.ts'

type NameAndValue = { readonly name: string; readonly value: string }

/**
 * HTTP Archive 1.2 (w3c.github.io/web-performance, "HAR") of what the journal has: no bodies, no cookies, and secrets
 * as fingerprints. What the format has no place for is in members that begin with an underscore.
 */
export function harOf(events: readonly StitchedEvent[]) {
  return {
    log: {
      version: '1.2',
      creator: { name: 'Fauxchange', version: '1' },
      comment: 'Made of the journal: no bodies and no cookies, and secrets are replaced by fingerprints.',
      entries: events.filter(({ host }) => host !== '').map(entryOf),
    },
  }
}

function entryOf(event: StitchedEvent) {
  const { time, durationMs, clientAddress, id, flowId, deployment, zone, steps, decisions, reasons, user } = event
  const started = new Date(Date.parse(time) - durationMs).toISOString()
  return {
    startedDateTime: started,
    time: durationMs,
    request: requestOf(event),
    response: responseOf(event),
    cache: {},
    timings: { send: 0, wait: durationMs, receive: 0 },
    _id: id,
    _flow: flowId,
    _deployment: deployment,
    _zone: zone,
    _client: clientAddress,
    _steps: steps,
    _decisions: decisions,
    _reasons: reasons,
    ...(user !== undefined && { _user: user }),
  }
}

function requestOf({ method, host, path, query }: StitchedEvent) {
  const queryString = Object.entries(query).map(([name, value]) => ({ name, value }))
  const search = queryString.length === 0 ? '' : `?${new URLSearchParams(query)}`
  return {
    method: method || 'UNREADABLE',
    url: `https://${host}${path}${search}`,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [{ name: 'host', value: host }] satisfies NameAndValue[],
    queryString,
    headersSize: -1,
    bodySize: -1,
  }
}

function responseOf({ status, location }: StitchedEvent) {
  return {
    status,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: location === undefined ? [] : [{ name: 'location', value: location }],
    content: { size: 0, mimeType: 'x-unknown' },
    redirectURL: location ?? '',
    headersSize: -1,
    bodySize: -1,
  }
}
