import type { IncomingResponse } from '#shared/http/client.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { AutoDiscoverFinding } from './detection.ts'

export interface Hop {
  readonly http: DeploymentContext['http']
  /** The request on whose behalf the calls are made. */
  readonly parent: string
  readonly correlationId: string
  readonly signal: AbortSignal
}

export const userAgent = 'OutlookMobileCloudService-Autodetect/1.0.0'

const redirectLimit = 10
const longestAnswer = 64 * 1024

/** AutoDiscover v2 from Exchange Online on, without credentials; only names of the stack can be reached. */
export async function askAutoDiscover(hop: Hop, address: string): Promise<AutoDiscoverFinding> {
  const query = { Email: address, Protocol: 'ActiveSync', RedirectCount: '1' }
  let url = new URL(`https://outlook.office365.com/autodiscover/autodiscover.json?${new URLSearchParams(query)}`)
  const seen = new Set<string>()
  for (let redirects = 0; redirects <= redirectLimit; redirects++) {
    if (seen.has(url.href)) return broken(`the redirects come back to ${url.href}`)
    seen.add(url.href)
    const step = await ask(hop, url)
    if ('reason' in step) return broken(step.reason)
    if ('found' in step) return { outcome: 'found', url: step.found, redirects }
    url = step.next
  }
  return broken(`more than ${redirectLimit} redirects`)
}

type Step = { readonly found: string } | { readonly next: URL } | { readonly reason: string }

async function ask({ http, parent, correlationId, signal }: Hop, url: URL): Promise<Step> {
  try {
    const headers = { 'user-agent': userAgent }
    const answer = await http.send(url.href, { headers, parent, correlationId, signal })
    if (answer.status === 302 || answer.status === 301) return afterRedirect(answer, url)
    return await afterAnswer(answer, url)
  } catch (error) {
    return { reason: (error as Error).message }
  }
}

async function afterRedirect({ headers, body }: IncomingResponse, from: URL): Promise<Step> {
  await body.dump()
  const location = typeof headers.location === 'string' ? headers.location : ''
  if (!URL.canParse(location, from.href)) return { reason: `${from.host} redirects to "${location}"` }
  const next = new URL(location, from)
  if (next.protocol !== 'https:' || next.username || next.password)
    return { reason: `${from.host} redirects to ${next.protocol}//…: only https is followed` }
  // A location outside AutoDiscover is the end point itself, as some descriptions of the protocol have it.
  return next.pathname.toLowerCase().startsWith('/autodiscover/') ? { next } : { found: next.href }
}

async function afterAnswer(answer: IncomingResponse, { host }: URL): Promise<Step> {
  const text = (await answer.text()).slice(0, longestAnswer)
  if (answer.status !== 200) return { reason: `${host} answered ${answer.status}` }
  const url = urlIn(text)
  return url === undefined ? { reason: `${host} answered 200 with something else than AutoDiscover` } : { found: url }
}

function urlIn(text: string): string | undefined {
  try {
    const { Url: url } = JSON.parse(text) as { Url?: unknown }
    return typeof url === 'string' && URL.canParse(url) && url.startsWith('https://') ? url : undefined
  } catch {
    return undefined
  }
}

function broken(reason: string): AutoDiscoverFinding {
  return { outcome: 'broken', reason }
}
