import type { Scenario } from '#shared/scenario/world.ts'

/** What the search for an address came to, hop by hop. */
export interface Findings {
  readonly address: string
  readonly autoDiscover: AutoDiscoverFinding
  /** Of the ActiveSync URL that AutoDiscover named. */
  readonly activeSync?: ActiveSyncFinding | undefined
}

export type AutoDiscoverFinding =
  | { readonly outcome: 'found'; readonly url: string; readonly redirects: number }
  | { readonly outcome: 'broken'; readonly reason: string }

export type ActiveSyncFinding =
  | { readonly outcome: 'modern'; readonly authorizationUri: string }
  | { readonly outcome: 'basicOnly' }
  | { readonly outcome: 'insecure'; readonly problem: string }
  | { readonly outcome: 'unusable'; readonly reason: string }

export interface DetectedService {
  readonly service: 'office365'
  readonly protocol: 'rest'
  readonly hostname: string
  /** Where to sign in. */
  readonly aad: string
  /** The ActiveSync URL of a mailbox on-premises, which Exchange Online reads for the app. */
  readonly onprem?: string
}

export interface DetectedProtocol {
  readonly protocol: 'eas' | 'imap' | 'smtp'
  readonly hostname: string
  readonly port: number
  readonly encryption: 'ssl' | 'starttls'
  readonly username: string
  readonly insecure?: string
}

export interface Detection {
  readonly email: string
  readonly services: readonly DetectedService[]
  readonly protocols: readonly DetectedProtocol[]
}

const cloudHosts = new Set(['outlook.office365.com', 'outlook.office.com'])
const cloudHost = 'outlook.office.com'

type Provider = Scenario['autodetect']['providers'][number]

/** What the app is told; undefined when nothing was found at all. */
export function detectionOf(findings: Findings, providers: readonly Provider[]): Detection | undefined {
  const { address, autoDiscover, activeSync } = findings
  const url = autoDiscover.outcome === 'found' ? new URL(autoDiscover.url) : undefined
  if (url && activeSync?.outcome === 'modern') {
    const onprem = cloudHosts.has(url.hostname) ? {} : { onprem: url.href }
    const aad = activeSync.authorizationUri
    const service = { service: 'office365', protocol: 'rest', hostname: cloudHost, aad, ...onprem } as const
    return { email: address, services: [service], protocols: [] }
  }
  if (url && activeSync?.outcome === 'basicOnly')
    return { email: address, services: [], protocols: [eas(url, address)] }
  if (url && activeSync?.outcome === 'insecure')
    return { email: address, services: [], protocols: [{ ...eas(url, address), insecure: activeSync.problem }] }
  return fromProvider(address, providers)
}

function eas({ hostname, port }: URL, username: string): DetectedProtocol {
  return { protocol: 'eas', hostname, port: Number(port || 443), encryption: 'ssl', username }
}

function fromProvider(address: string, providers: readonly Provider[]): Detection | undefined {
  const domain = address.split('@').at(-1)?.toLowerCase()
  const provider = providers.find((each) => each.domain.toLowerCase() === domain)
  if (!provider) return undefined
  const { imap, smtp } = provider
  return {
    email: address,
    services: [],
    protocols: [
      { protocol: 'imap', ...imap, username: address },
      { protocol: 'smtp', ...smtp, username: address },
    ],
  }
}
