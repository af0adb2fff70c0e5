import type { SMTPServerSession } from 'smtp-server'
import type { ExchangeParts } from '../parts.ts'

export interface SmtpHop {
  readonly verb: 'AUTH' | 'MAIL' | 'RCPT' | 'DATA'
  /** The code of the answer. */
  readonly status: number
  readonly decision: string
  readonly reason?: string | undefined
  readonly user?: string | undefined
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Mail in the journal: SMTP is not HTTP, so the verb stands for the method and the command for the path. */
export function recordHop({ context, config }: ExchangeParts, session: SMTPServerSession, hop: SmtpHop): void {
  const { verb, status, decision, reason, user, detail = {} } = hop
  context.record({
    id: context.random.uuid(),
    deployment: context.name,
    zone: context.plan.homeZone,
    actor: String(session.clientHostname || session.hostNameAppearsAs || 'mail client'),
    clientAddress: session.remoteAddress,
    method: 'SMTP',
    host: config.mail.host,
    path: `/${verb}`,
    query: {},
    status,
    durationMs: 0,
    steps: [],
    decisions: [decision],
    reasons: reason === undefined ? [] : [reason],
    user: user ?? sessionUser(session),
    correlationId: session.id,
    linksOut: [],
    linksIn: [],
    detail,
  })
}

export function sessionUser({ user }: SMTPServerSession): string | undefined {
  return typeof user === 'string' ? user : undefined
}
