import { createHash } from 'node:crypto'
import type { AdfsUrls } from '../urls.ts'

/** The end point with the query of the request: that query is the state of the whole conversation. */
export interface SelfUrl {
  /** For forms, relative. */
  readonly action: string
  /** For Location headers: absolute, with the port. */
  readonly location: string
  /** Where the same request is answered with Windows credentials: absolute, with the port. */
  readonly windows: string
  /** Where TLS asks for a client certificate: absolute, with the port. */
  readonly certificate: string
  /** Names the request without its text. */
  readonly key: string
}

export interface SelfUrlOptions {
  /** Of the message that waits in the store while the user signs in. */
  readonly pendingMessage?: string | undefined
  /** Below the host; the passive end point when left out. */
  readonly path?: string
}

/** Keeps the query byte for byte and adds `client-request-id`, as AD FS does on every self redirect. */
export function selfUrl(
  requestUrl: string,
  correlationId: string,
  urls: AdfsUrls,
  { pendingMessage = '', path = '/adfs/ls/' }: SelfUrlOptions = {},
): SelfUrl {
  const mark = requestUrl.indexOf('?')
  const query = mark === -1 ? '' : requestUrl.slice(mark + 1)
  const known = [...new URLSearchParams(query).keys()].some((name) => name.toLowerCase() === 'client-request-id')
  const added = `client-request-id=${correlationId}`
  const complete = known ? query : query === '' ? added : `${query}&${added}`
  return {
    action: `${path}?${complete}`,
    location: `https://${urls.host}:443${path}?${complete}`,
    windows: `https://${urls.host}:443${path.replace(/\/$/, '')}/wia?${complete}`,
    certificate: `https://${urls.certificateHost}:443${path}?${complete}`,
    key: createHash('sha256').update(`${path}?${complete}\n${pendingMessage}`).digest('base64url'),
  }
}
