/** Every address of the lab's pages. */
export const urls = {
  overview: '/',
  phones: '/phone',
  phone: (upn: string) => `/phone/${encodeURIComponent(upn)}`,
  approve: (upn: string) => `/phone/${encodeURIComponent(upn)}/approve`,
  deny: (upn: string) => `/phone/${encodeURIComponent(upn)}/deny`,
  journal: '/journal',
  journalOf: (filter: Readonly<Record<string, string>>) => `/journal?${new URLSearchParams(filter)}`,
  reset: '/reset',
  clock: '/clock',
  synchronize: '/synchronize',
  document: '/api/openapi.json',
  stylesheet: '/lab.css',
  script: '/lab.js',
  icon: '/lab.svg',
  /** The gateway answers these itself. */
  authority: '/ca.pem',
  proxyConfiguration: '/proxy.pac',
  health: '/health',
} as const

/** What was done, for the page that a form leads back to. */
export const notices = {
  reset: 'Everything is as the scenario describes it again.',
  clock: 'The clock of every deployment was changed.',
  synchronized: 'Entra Connect has run a cycle.',
  approved: 'Approved. The sign-in goes on.',
  denied: 'Denied. The sign-in is refused.',
} as const

export type Notice = keyof typeof notices

export function withNotice(url: string, notice: Notice): string {
  return `${url}?done=${notice}`
}
