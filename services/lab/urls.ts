import { z } from 'zod'

/** Every address of the lab's pages. */
export const urls = {
  overview: '/',
  tour: '/tour',
  phones: '/phone',
  phone,
  approve: (upn: string) => `${phone(upn)}/approve`,
  deny: (upn: string) => `${phone(upn)}/deny`,
  answerCall: (upn: string) => `${phone(upn)}/answer-call`,
  scan: (upn: string) => `${phone(upn)}/scan`,
  createPasskey: (upn: string) => `${phone(upn)}/passkeys`,
  renamePasskey: (upn: string) => `${phone(upn)}/rename-passkey`,
  removePasskey: (upn: string) => `${phone(upn)}/remove-passkey`,
  signIns: '/sign-ins',
  signInsOf: (user: string) => (user === '' ? '/sign-ins' : `/sign-ins?${new URLSearchParams({ user })}`),
  signIn: (id: string) => `/sign-ins/${encodeURIComponent(id)}`,
  tenant: '/tenant',
  device: (id: string) => `/tenant/devices/${encodeURIComponent(id)}`,
  registeredDevice: (id: string) => `/tenant/registered-devices/${encodeURIComponent(id)}`,
  deleteRegisteredDevice: (id: string) => `/tenant/registered-devices/${encodeURIComponent(id)}/delete`,
  writeBack: '/tenant/registered-devices',
  domain: (name: string) => `/tenant/domains/${encodeURIComponent(name)}`,
  outcomes: '/tenant/outcomes',
  clearOutcomes: '/tenant/outcomes/clear',
  rollOver: '/tenant/keys/rollover',
  person,
  licence: (upn: string) => `${person(upn)}/licence`,
  risk: (upn: string) => `${person(upn)}/risk`,
  whereabouts: (upn: string) => `${person(upn)}/whereabouts`,
  accessPass: (upn: string) => `${person(upn)}/access-pass`,
  removeAccessPass: (upn: string) => `${person(upn)}/access-pass/remove`,
  revokeSessions: (upn: string) => `${person(upn)}/revoke-sessions`,
  criticalEvent: (upn: string) => `${person(upn)}/critical-event`,
  removeMethod: (upn: string, id: string) => `${person(upn)}/methods/${encodeURIComponent(id)}/remove`,
  federation: '/federation',
  trust: (id: string) => `/federation/${encodeURIComponent(id)}`,
  createTrust: '/federation/create',
  importTrusts: '/federation/import',
  exportTrust: (id: string) => `/api/adfs/relying-parties/${encodeURIComponent(id)}`,
  exportTrustForPowerShell: (id: string) => `/api/adfs/relying-parties/${encodeURIComponent(id)}/powershell`,
  tokenCertificates: '/federation/certificates',
  lockouts: '/federation/lockouts',
  farm: '/federation/settings',
  partners: '/federation/partners',
  createApplicationGroup: '/federation/partners/create',
  webContent: '/federation/web-content',
  webContentOf: ({ trust, locale }: { readonly trust: string; readonly locale: string }) =>
    `/federation/web-content/${encodeURIComponent(trust)}/${encodeURIComponent(locale)}`,
  picture: (part: string) => `/federation/web-theme/${part}`,
  removePicture: (part: string) => `/federation/web-theme/${part}/remove`,
  journal: '/journal',
  journalOf: (filter: Readonly<Record<string, string>>) => `/journal?${new URLSearchParams(filter)}`,
  conversation,
  hop: ({ id, flowId }: { readonly id: string; readonly flowId: string }) => `${conversation(flowId)}#facts-${id}`,
  conversationExport: (id: string, format: 'mermaid' | 'har' | 'json') => `${conversation(id)}/${format}`,
  worlds: '/worlds',
  endWorld: (id: string) => `/worlds/${encodeURIComponent(id)}/end`,
  snapshots: '/worlds/snapshots',
  restoreSnapshot: (name: string) => `/worlds/snapshots/${encodeURIComponent(name)}/restore`,
  dropSnapshot: (name: string) => `/worlds/snapshots/${encodeURIComponent(name)}/delete`,
  verdicts: '/verdicts',
  verdictBaseline: '/verdicts/baseline',
  guides: '/guides',
  guide: (name: string) => `/guides/${name}`,
  parity: '/parity',
  parityOf: (filter: Readonly<Record<string, string>>) => `/parity?${new URLSearchParams(filter)}`,
  witness: (of: string) => `/parity/witness?${new URLSearchParams({ of })}`,
  summary: '/llms.txt',
  everything: '/llms-full.txt',
  errors: '/errors',
  error: (anchor: string) => `/errors#${anchor}`,
  documentedFlows: '/flows',
  documentedFlow: (name: string) => `/flows/${name.toLowerCase()}`,
  diagramScript: '/diagram.js',
  faults: '/faults',
  clearFaults: '/faults',
  turnFaultOn: (id: string) => `/faults/${encodeURIComponent(id)}`,
  turnFaultOff: (id: string) => `/faults/${encodeURIComponent(id)}/off`,
  presets: '/presets',
  preset: (id: string) => `/presets/${encodeURIComponent(id)}`,
  outlookMobile: '/outlook-mobile',
  outlookMobileWalk,
  outlookMobileSignIn: (id: string) => `${outlookMobileWalk(id)}/sign-in`,
  outlookMobileAnswer: (id: string) => `${outlookMobileWalk(id)}/answer`,
  outlookMobileConnect: (id: string) => `${outlookMobileWalk(id)}/connect`,
  network: '/network',
  runDeployment: (name: string) => `/network/deployments/${encodeURIComponent(name)}`,
  moveClients: (zone: string) => `/network/gateways/${encodeURIComponent(zone)}`,
  behaviour: (upn: string) => `${phone(upn)}/behaviour`,
  connect: '/connect',
  connectWith: (kind: string, id: string) => `/connect?${new URLSearchParams({ kind, for: id })}`,
  mailProfile: '/connect/profile.mobileconfig',
  addApplication: '/connect/applications',
  addRelyingParty: '/connect/relying-parties',
  import: '/import',
  mail: '/mail',
  mailOf: (upn: string) => `/mail?${new URLSearchParams({ upn })}`,
  reset: '/reset',
  clock: '/clock',
  synchronize: '/synchronize',
  api: '/api-reference',
  document: '/api/openapi.json',
  stylesheet: '/lab.css',
  script: '/lab.js',
  icon: '/lab.svg',
  /** The gateway answers these itself. */
  authority: '/ca.pem',
  proxyConfiguration: '/proxy.pac',
  health: '/health',
} as const

function phone(upn: string): string {
  return `/phone/${inPath(upn)}`
}

function conversation(id: string): string {
  return `/journal/${encodeURIComponent(id)}`
}

function outlookMobileWalk(id: string): string {
  return `/outlook-mobile/walks/${encodeURIComponent(id)}`
}

function person(upn: string): string {
  return `/people/${inPath(upn)}`
}

/** RFC 3986 §3.3 lets an @ stand in a path as it is. */
function inPath(upn: string): string {
  return encodeURIComponent(upn).replaceAll('%40', '@')
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
  deviceChanged: 'The device was changed.',
  deviceDeleted: 'The device object was deleted.',
  domainConverted: 'The domain was converted.',
  outcomeForced: 'The next ones will end like this.',
  outcomesCleared: 'Nothing is forced any more.',
  keyRolledOver: 'The signing key rolled over.',
  riskSet: 'The risk was set.',
  passCreated: 'The Temporary Access Pass was created.',
  passRemoved: 'The Temporary Access Pass was taken away.',
  sessionsRevoked: 'All sign-ins of this person were revoked.',
  eventHappened: 'The event happened.',
  trustCreated: 'The trust was created.',
  trustChanged: 'The trust was changed.',
  trustDeleted: 'The trust was deleted.',
  trustsImported: 'What could be taken over is there.',
  certificateAdded: 'A new certificate is published beside the primary one.',
  certificateReplaced: 'A new certificate is the only one. Who trusts AD FS has to read its metadata again.',
  certificatePromoted: 'The secondary certificate is the primary one.',
  lockoutEnded: 'The account may try again.',
  familiarSet: 'The familiar addresses were set.',
  webContentChanged: 'The pages were changed.',
  farmChanged: 'The farm was changed.',
  groupCreated: 'The application group was created.',
  groupDeleted: 'The application group was deleted.',
  rulesSaved: 'The rules were saved, and count from the next token on.',
  faultOn: 'The fault is on.',
  faultOff: 'That is mended.',
  licenceSet: 'The licence was changed.',
  stopped: 'It is stopped: connections are refused.',
  started: 'It runs again.',
  moved: 'New connections come from there.',
  personMoved: 'The person stands there.',
  behaviourSet: 'The phone does so from now on.',
  worldMade: 'The world is there.',
  worldEnded: 'The world has ended.',
  snapshotTaken: 'The snapshot was taken.',
  snapshotRestored: 'Everything is as it was then.',
  snapshotDropped: 'The snapshot was deleted.',
  methodRemoved: 'The method was removed.',
  passkeyMade: 'The passkey is on the phone and registered.',
  passkeyRenamed: 'The passkey has another name.',
  passkeyRemoved: 'The passkey was removed.',
} as const

export type Notice = keyof typeof notices

/** Of a query; what is no notice is none. */
export const noticeSchema = z
  .enum(Object.keys(notices) as [Notice, ...Notice[]])
  .optional()
  .catch(undefined)

export function withNotice(url: string, notice: Notice): string {
  return `${url}?done=${notice}`
}
