import { relative } from 'node:path'
import type { Scenario, User } from '#shared/scenario/world.ts'
import type { Listening, Stack } from './stack.ts'

/** Where a process without a gateway listens, known before its peers are; with one, the welcome screen says it all. */
export function listeningScreen({ deployments, gateways }: Listening): string {
  if (gateways.internet || gateways.corp) return ''
  const rows = deployments.map(({ plan, https, management }) => [
    plan.name,
    `https://${https.host}:${https.port}`,
    `management http://${management.host}:${management.port}`,
  ])
  return `${table([['Deployment', 'Listens at', ''], ...rows]).join('\n')}\n`
}

/** The one screen that `npm start` prints: where to point what, and as whom to sign in. */
export function welcomeScreen(stack: Stack, milliseconds: number): string {
  const { internet, corp } = stack.gateways
  if (!internet && !corp) {
    return `Fauxchange: ${stack.deployments.map((each) => each.plan.name).join(', ')} ready in ${milliseconds} ms\n`
  }
  const proxy = `http://127.0.0.1:${(internet ?? corp)?.httpPort}`
  const lab = `${proxy}/`
  return [
    `Fauxchange is ready (${milliseconds} ms). Lab: ${lab}`,
    '',
    'Gateways           HTTP proxy              TLS by SNI',
    internet && gatewayLine('internet', internet),
    corp && gatewayLine('corp', corp),
    ...mailListeners(stack),
    `  CA certificate   ${stack.authority.caFile}  (also ${lab}ca.pem)`,
    `  PAC file         ${lab}proxy.pac`,
    '',
    ...addresses(stack.scenario),
    '',
    ...accounts(stack.scenario),
    '',
    ...browserLines(stack.gateways),
    `curl      curl --proxy ${proxy} --cacert ${relative('', stack.authority.caFile)} https://${stack.scenario.organization.hosts.mail}/owa/`,
    `Check     ${doctorLine(stack.gateways)}`,
    'Stop      Ctrl+C',
    '',
  ]
    .filter((line) => typeof line === 'string')
    .join('\n')
}

function gatewayLine(zone: string, { httpPort, tlsPort }: { httpPort: number; tlsPort: number }): string {
  return `  ${zone.padEnd(16)} ${`http://127.0.0.1:${httpPort}`.padEnd(23)} 127.0.0.1:${tlsPort}`
}

const usual = { internet: { httpPort: 8080, tlsPort: 8443 }, corp: { httpPort: 8081, tlsPort: 8444 } }

/** Commands look at the usual ports by themselves; others are named. */
function browserLines({ internet, corp }: Stack['gateways']): string[] {
  const command = (zone: 'internet' | 'corp', port: number | undefined) => {
    if (port === undefined) return undefined
    if (port !== usual[zone].httpPort) return `npm run browser -- --gateway http://127.0.0.1:${port}`
    return zone === 'internet' ? 'npm run browser' : 'npm run browser -- --zone corp'
  }
  const [outside, inside] = [command('internet', internet?.httpPort), command('corp', corp?.httpPort)]
  const width = Math.max(outside?.length ?? 0, inside?.length ?? 0)
  return [
    ...(outside === undefined ? [] : [`Browser   ${outside.padEnd(width)}  (outside)`]),
    ...(inside === undefined
      ? []
      : [`${outside === undefined ? 'Browser' : '       '}   ${inside.padEnd(width)}  (inside)`]),
  ]
}

function doctorLine({ internet, corp }: Stack['gateways']): string {
  const isUsual = (['internet', 'corp'] as const).every((zone) => {
    const gateway = { internet, corp }[zone]
    return !gateway || (gateway.httpPort === usual[zone].httpPort && gateway.tlsPort === usual[zone].tlsPort)
  })
  return isUsual ? 'npm run doctor' : `npm run doctor -- --gateway http://127.0.0.1:${(internet ?? corp)?.httpPort}`
}

function mailListeners({ deployments }: Stack): string[] {
  return deployments.flatMap(({ plan, mail }) =>
    mail ? [`  ${plan.name.padEnd(16)} smtp://${mail.host}:${mail.port}`] : [],
  )
}

function addresses(scenario: Scenario): string[] {
  const { mail } = scenario.organization.hosts
  return table([
    ['Open', 'What'],
    ['https://outlook.office.com/owa', 'Outlook on the web, mailbox in Exchange Online'],
    [`https://${mail}/owa`, 'Outlook on the web, mailbox on-premises (through WAP from outside)'],
    [`https://${mail}/ecp`, 'Exchange admin center on-premises'],
    ['https://entra.microsoft.com', 'Conditional Access for administrators'],
    ['https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration', 'Entra ID discovery'],
  ])
}

function accounts(scenario: Scenario): string[] {
  return table([['Account', 'Password', 'Mailbox', 'MFA', 'Notes'], ...scenario.users.map(accountRow)])
}

/** One account as the tables of the terminal and the lab show it. */
function accountRow(user: User): string[] {
  const notes = [
    !user.enabled && 'disabled',
    user.lockedOut && 'locked out',
    user.passwordExpired && 'password expired',
    ...user.directoryRoles,
  ]
  return [
    user.userPrincipalName,
    user.password,
    user.mailbox?.location ?? '–',
    user.mfa.methods.map((method) => method.type).join(', ') || '–',
    notes.filter(Boolean).join(', '),
  ]
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, index) => Math.max(all[index] ?? 0, cell.length)),
    [],
  )
  return rows.map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd())
}
