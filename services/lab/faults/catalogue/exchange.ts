import type { CataloguedFault } from './catalogued-fault.ts'

const online = 'exchange-online'
const onPremises = 'exchange-onprem'
const autoDiscover = { path: '/autodiscover' }

const services = 'http://schemas.microsoft.com/exchange/services/2006'

/** The SOAP fault of a budget that is spent ("EWS throttling in Exchange": BackOffMilliseconds of MessageXml). */
function serverBusy(backOffMilliseconds: number): string {
  const text = 'The server cannot service this request right now. Try again later.'
  const wait = `<t:MessageXml xmlns:t="${services}/types"><t:Value Name="BackOffMilliseconds">${backOffMilliseconds}</t:Value></t:MessageXml>`
  const detail = `<e:ResponseCode xmlns:e="${services}/errors">ErrorServerBusy</e:ResponseCode><e:Message xmlns:e="${services}/errors">${text}</e:Message>${wait}`
  const fault = `<s:Fault><faultcode xmlns:a="${services}/types">a:ErrorServerBusy</faultcode><faultstring xml:lang="en-US">${text}</faultstring><detail>${detail}</detail></s:Fault>`
  return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${fault}</s:Body></s:Envelope>`
}

export const exchangeFaults: readonly CataloguedFault[] = [
  {
    id: 'owa-unavailable',
    title: 'Outlook on the web unavailable',
    cause: 'The application pool of the server is stopped.',
    effect: '503 at /owa',
    deployment: onPremises,
    fault: { match: { path: '/owa' }, status: 503, contentType: 'text/html', body: '<h2>Service Unavailable</h2>' },
  },
  {
    id: 'owa-session-lost',
    title: 'Browsers lose the session of Outlook on the web',
    cause: 'A load balancer spreads one session over servers with different keys.',
    effect: 'no FedAuth cookie: the sign-in begins again',
    deployment: onPremises,
    fault: { match: { path: '/owa' }, spoil: { kind: 'dropHeader', name: 'set-cookie', value: 'FedAuth' } },
  },
  {
    id: 'owa-slow',
    title: 'Outlook on the web is slow',
    cause: 'Slow disks, or a search index that is being built.',
    effect: 'pages come late',
    deployment: onPremises,
    fault: { match: { path: '/owa' }, delayMs: 5000 },
  },
  {
    id: 'owa-clock-behind',
    title: 'Clock of Exchange is behind',
    cause: 'The server lost its time source.',
    effect: 'tokens of AD FS seem to be not yet valid',
    deployment: onPremises,
    fault: { match: { path: '/owa' }, clockSkewSeconds: -3 * 3600 },
  },
  {
    id: 'ews-busy',
    title: 'Exchange Web Services busy',
    cause: 'The account exceeds its budget.',
    effect: '503 with Retry-After, and again for whoever comes too early',
    deployment: online,
    fault: { match: { path: '/EWS' }, status: 503, retryAfterSeconds: 30 },
  },
  {
    id: 'ews-server-busy',
    title: 'Exchange Web Services throttle',
    cause: 'The account exceeds EwsMaxConcurrency or EwsCutoffBalance of its throttling policy.',
    effect: 'a SOAP fault ErrorServerBusy with BackOffMilliseconds',
    deployment: online,
    fault: {
      match: { method: 'POST', path: '/EWS/Exchange.asmx' },
      status: 500,
      contentType: 'text/xml; charset=utf-8',
      body: serverBusy(30_000),
    },
  },
  {
    id: 'ews-error',
    title: 'Exchange Web Services fail',
    cause: 'An unhandled failure of the server.',
    effect: '500 without SOAP',
    deployment: online,
    fault: { match: { path: '/EWS' }, status: 500 },
  },
  {
    id: 'autodiscover-not-found',
    title: 'AutoDiscover is not there',
    cause: 'The virtual directory is missing, or the name leads elsewhere.',
    effect: '404',
    deployment: online,
    fault: { match: autoDiscover, status: 404 },
  },
  {
    id: 'autodiscover-error',
    title: 'AutoDiscover fails',
    cause: 'The server cannot reach Active Directory.',
    effect: '500',
    deployment: online,
    fault: { match: autoDiscover, status: 500 },
  },
  {
    id: 'autodiscover-loop',
    title: 'AutoDiscover redirects to itself',
    cause: 'Cloud and on-premises each believe the mailbox to be with the other.',
    effect: 'redirects without end',
    deployment: online,
    fault: { match: autoDiscover, spoil: { kind: 'redirectLoop' } },
  },
  {
    id: 'autodiscover-malformed',
    title: 'AutoDiscover answers broken JSON',
    cause: 'A middlebox cut the answer.',
    effect: 'the last brace is missing',
    deployment: online,
    fault: { match: autoDiscover, spoil: { kind: 'brokenJson' } },
  },
  {
    id: 'outlook-mobile-unavailable',
    title: 'Provisioning service of Outlook mobile unavailable',
    cause: 'An outage of the cloud cache.',
    effect: '503 at /shadow',
    deployment: online,
    fault: { match: { path: '/shadow' }, status: 503 },
  },
  {
    id: 'autodetect-down',
    title: 'AutoDetect unavailable',
    cause: 'An outage of the detection service.',
    effect: '503: the app asks for the kind of account',
    deployment: 'autodetect',
    fault: { match: {}, status: 503 },
  },
  {
    id: 'autodetect-slow',
    title: 'AutoDetect is slow',
    cause: 'One of the servers that it asks is slow.',
    effect: 'the answer comes late',
    deployment: 'autodetect',
    fault: { match: {}, delayMs: 5000 },
  },
  {
    id: 'smtp-unavailable',
    title: 'Mail: service not available',
    cause: 'The transport service shuts down.',
    effect: '421 at MAIL FROM',
    deployment: onPremises,
    fault: { match: { method: 'MAIL' }, status: 421, body: '4.3.2 Service not available' },
  },
  {
    id: 'smtp-later',
    title: 'Mail: later again',
    cause: 'Greylisting, or back pressure of the transport service.',
    effect: '451 at RCPT TO',
    deployment: onPremises,
    fault: { match: { method: 'RCPT' }, status: 451, body: '4.7.0 Temporary server error. Please try again later.' },
  },
  {
    id: 'smtp-mailbox-full',
    title: 'Mail: mailbox full',
    cause: 'The mailbox of the recipient exceeds its quota.',
    effect: '552 after the message',
    deployment: onPremises,
    fault: { match: { method: 'DATA' }, status: 552, body: '5.2.2 Mailbox full; message not delivered' },
  },
  {
    id: 'smtp-refused',
    title: 'Mail: sender refused',
    cause: 'The address of the sender is on a block list.',
    effect: '550 at MAIL FROM',
    deployment: onPremises,
    fault: { match: { method: 'MAIL' }, status: 550, body: '5.7.1 Client host rejected' },
  },
]
