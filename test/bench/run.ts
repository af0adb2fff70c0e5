import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'

const usage = `npm run bench [-- --starts 5 --windows 5 --sign-ins 20 --json FILE]
Measures start-up, complete sign-ins and memory, next to a bare oidc-provider in the same run, and says which goals are
missed. On a machine that others use as well, only ratios of one run are worth comparing.
       npm run bench -- --tokens [--windows 5 --users 10000 --policies 200 --sessions 10000 --json FILE]
Measures tokens and sign-ins of Entra ID alone against bare RSA-2048 signatures, in tenants of several sizes.
       npm run bench -- --wbxml
Measures and fuzzes the codec of ActiveSync instead.
       npm run bench -- --activesync-fuzz 600
Sends golden requests with changed trees and bytes for so many seconds instead.
       npm run bench -- --saml
Measures signed responses of AD FS to somebody who is signed in against bare RSA-2048 signatures.
       npm run bench -- --activesync [--messages 20000 --windows 2 --pings 1000,5000]
Measures first and empty synchronizations of phones, and how many wait and how soon they wake.
       npm run bench -- --owa
Measures pages and searches of Outlook on the web in mailboxes of 10 to 100,000 messages instead.
       npm run bench -- --smtp
Measures deliveries through SMTP, on kept and on new connections, with STARTTLS and without, instead.
       npm run bench -- --worlds
Measures worlds side by side, snapshots, and what stays of worlds that have ended, instead.
       npm run bench -- --proxy
Measures what Web Application Proxy adds to a request instead.
       npm run bench -- --gate
A minute for continuous integration: tokens, keys and the warm start next to a bare server of the same run. Ends with 1
when one of these ratios is a quarter worse than the recorded one, twice in a row.
`

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '5' },
    windows: { type: 'string' },
    'sign-ins': { type: 'string', default: '20' },
    json: { type: 'string' },
    wbxml: { type: 'boolean' },
    activesync: { type: 'boolean' },
    'activesync-fuzz': { type: 'string' },
    messages: { type: 'string', default: '20000' },
    pings: { type: 'string', default: '1000,5000' },
    // The phones' server, in its own process.
    'activesync-server': { type: 'boolean' },
    // What only holds requests, in its own process.
    'held-floor': { type: 'boolean' },
    proxy: { type: 'boolean' },
    gate: { type: 'boolean' },
    // What tokens and keys cost at least, in its own process.
    'floor-server': { type: 'string' },
    owa: { type: 'boolean' },
    // One mailbox of so many messages, in its own process.
    'owa-mailbox': { type: 'string' },
    smtp: { type: 'boolean' },
    worlds: { type: 'boolean' },
    saml: { type: 'boolean' },
    tokens: { type: 'boolean' },
    users: { type: 'string', default: '10000' },
    policies: { type: 'string', default: '200' },
    sessions: { type: 'string', default: '10000' },
    help: { type: 'boolean' },
    // The peer's own process.
    'quick-start': { type: 'string' },
    // The proxies' own process.
    'proxy-servers': { type: 'boolean' },
    // AD FS's own process.
    'federation-server': { type: 'boolean' },
    certs: { type: 'string', default: '' },
  },
})

// Loaded on demand, so that the peer's process starts with nothing of ours.
if (values['quick-start']) {
  const { serveQuickStart } = await import('./quick-start.ts')
  await serveQuickStart(Number(values['quick-start']), values.certs)
} else if (values['floor-server']) {
  const { serveFloor } = await import('./floor-server.ts')
  await serveFloor(Number(values['floor-server']), values.certs)
} else if (values.gate) {
  const { gate, measureRatios } = await import('./gate.ts')
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  const { passed, report } = await gate(() => measureRatios(say), say)
  process.stdout.write(report)
  process.exitCode = passed ? 0 : 1
} else if (values['proxy-servers']) {
  const { serveProxies } = await import('./proxy-servers.ts')
  await serveProxies()
} else if (values['federation-server']) {
  const { serveFederation } = await import('./federation-server.ts')
  await serveFederation()
} else if (values['owa-mailbox']) {
  const { serveOwaMailbox } = await import('./owa-mailbox.ts')
  await serveOwaMailbox(Number(values['owa-mailbox']))
} else if (values.saml) {
  const { federationReport } = await import('./federation-figures.ts')
  process.stdout.write(await federationReport((text) => void process.stderr.write(`${text}\n`)))
} else if (values['activesync-server']) {
  const { serveActiveSync } = await import('./activesync-server.ts')
  await serveActiveSync()
} else if (values['held-floor']) {
  const { serveHeldFloor } = await import('./held-floor.ts')
  await serveHeldFloor()
} else if (values.activesync) {
  const { activeSyncReport } = await import('./activesync-figures.ts')
  const rounds = { messages: Number(values.messages), windows: Number(values.windows ?? 2), windowMs: 2000 }
  const pings = values.pings.split(',').map(Number)
  process.stdout.write(await activeSyncReport({ ...rounds, pings }, (text) => void process.stderr.write(`${text}\n`)))
} else if (values.proxy) {
  const { proxyReport } = await import('./proxy-figures.ts')
  process.stdout.write(await proxyReport((text) => void process.stderr.write(`${text}\n`)))
} else if (values.owa) {
  const { owaReport } = await import('./owa-figures.ts')
  process.stdout.write(await owaReport((text) => void process.stderr.write(`${text}\n`)))
} else if (values.smtp) {
  const { smtpReport } = await import('./smtp-figures.ts')
  process.stdout.write(await smtpReport((text) => void process.stderr.write(`${text}\n`)))
} else if (values.worlds) {
  const { worldReport } = await import('./world-figures.ts')
  process.stdout.write(await worldReport((text) => void process.stderr.write(`${text}\n`)))
} else if (values.wbxml) {
  const { wbxmlReport } = await import('./wbxml-figures.ts')
  process.stdout.write(wbxmlReport())
} else if (values['activesync-fuzz']) {
  const { fuzzActiveSync } = await import('./activesync-fuzz.ts')
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  process.stdout.write(await fuzzActiveSync(Number(values['activesync-fuzz']), say))
} else if (values.tokens) {
  const { measureTokens, tokenReport } = await import('./token-figures.ts')
  const figures = await measureTokens(
    {
      windows: Number(values.windows ?? 5),
      windowMs: 2000,
      manyUsers: Number(values.users),
      manyPolicies: Number(values.policies),
      manySessions: Number(values.sessions),
    },
    (text) => void process.stderr.write(`${text}\n`),
  )
  process.stdout.write(tokenReport(figures))
  if (values.json) await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`)
} else if (values.help) {
  process.stdout.write(usage)
} else {
  const { measure } = await import('./measure.ts')
  const { reportOf } = await import('./report.ts')
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  const rounds = { windows: Number(values.windows ?? 5), signIns: Number(values['sign-ins']) }
  const figures = await measure({ starts: Number(values.starts), ...rounds }, say)
  process.stdout.write(reportOf(figures))
  if (values.json) await writeFile(values.json, `${JSON.stringify(figures, undefined, 2)}\n`)
}
