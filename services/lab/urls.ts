/** Every address of the lab's pages. */
export const urls = {
  overview: '/',
  phones: '/phone',
  phone,
  approve: (upn: string) => `${phone(upn)}/approve`,
  deny: (upn: string) => `${phone(upn)}/deny`,
  answerCall: (upn: string) => `${phone(upn)}/answer-call`,
  scan: (upn: string) => `${phone(upn)}/scan`,
  signIns: '/sign-ins',
  signInsOf: (user: string) => (user === '' ? '/sign-ins' : `/sign-ins?${new URLSearchParams({ user })}`),
  signIn: (id: string) => `/sign-ins/${encodeURIComponent(id)}`,
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

/** RFC 3986 §3.3 lets an @ stand in a path as it is. */
function phone(upn: string): string {
  return `/phone/${encodeURIComponent(upn).replaceAll('%40', '@')}`
}

/** What was done, for the page that a form leads back to. */
export const notices = {
  reset: 'Everything is as the scenario describes it again.',
  clock: 'The clock of every deployment was changed.',
  synchronized: 'Entra Connect has run a cycle.',
  approved: 'Approved. The sign-in goes on.',
  denied: 'Denied. The sign-in is refused.',
  answered: 'Answered. The sign-in page knows.',
  scanned: 'Scanned. The page goes on.',
} as const

export type Notice = keyof typeof notices

export function withNotice(url: string, notice: Notice): string {
  return `${url}?done=${notice}`
}
