import type { CataloguedFault } from './catalogued-fault.ts'

const directory = 'directory'
const anywhere = 'entra'

/** The directory below everything, and the wire between all: those strike wherever one wants them. */
export const foundationFaults: readonly CataloguedFault[] = [
  {
    id: 'directory-down',
    title: 'Domain controller down',
    cause: 'No domain controller answers.',
    effect: 'AD FS and Exchange cannot check passwords or look up users',
    deployment: directory,
    fault: { match: {}, reset: true },
  },
  {
    id: 'directory-error',
    title: 'Domain controller fails',
    cause: 'The directory database is damaged or busy.',
    effect: '500 for password checks',
    deployment: directory,
    fault: { match: { path: '/logon' }, status: 500 },
  },
  {
    id: 'directory-slow',
    title: 'Domain controller is slow',
    cause: 'A domain controller of a far site answers.',
    effect: 'sign-ins take long',
    deployment: directory,
    fault: { match: {}, delayMs: 3000 },
  },
  {
    id: 'directory-lookup-error',
    title: 'Directory look-ups fail',
    cause: 'The global catalogue is not available.',
    effect: '500 for look-ups; passwords are still checked',
    deployment: directory,
    fault: { match: { path: '/users' }, status: 500 },
  },
  {
    id: 'wire-tls-reset',
    title: 'TLS handshakes are reset',
    cause: 'A firewall forbids the connection, or the server has no certificate.',
    effect: 'connections break before the first request',
    deployment: anywhere,
    fault: { match: {}, connection: 'reset' },
  },
  {
    id: 'wire-certificate-expired',
    title: 'TLS certificate has expired',
    cause: 'Nobody renewed it.',
    effect: 'clients refuse the connection; those that do not look go on',
    deployment: anywhere,
    fault: { match: {}, connection: 'expiredCertificate' },
  },
  {
    id: 'wire-latency',
    title: 'Everything takes longer',
    cause: 'A long way.',
    effect: 'each answer comes 300 ms later',
    deployment: anywhere,
    fault: { match: {}, delayMs: 300 },
  },
  {
    id: 'wire-truncated',
    title: 'Answers end half-way',
    cause: 'An unstable connection.',
    effect: 'fewer bytes than Content-Length promised',
    deployment: anywhere,
    fault: { match: {}, spoil: { kind: 'truncate' } },
  },
  {
    id: 'wire-duplicated',
    title: 'Answers come twice',
    cause: 'A broken cache or proxy.',
    effect: 'the body is there two times',
    deployment: anywhere,
    fault: { match: {}, spoil: { kind: 'duplicate' } },
  },
  {
    id: 'wire-flaky',
    title: 'Every other request fails',
    cause: 'One of two servers behind a load balancer is broken.',
    effect: '503, by chance',
    deployment: anywhere,
    fault: { match: {}, status: 503, probability: 0.5 },
  },
  {
    id: 'wire-no-content-type',
    title: 'Answers have no Content-Type',
    cause: 'A middlebox removes headers.',
    effect: 'clients have to guess',
    deployment: anywhere,
    fault: { match: {}, spoil: { kind: 'dropHeader', name: 'content-type' } },
  },
]
