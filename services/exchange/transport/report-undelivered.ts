import { nonDeliveryReport, type Undelivered } from './non-delivery-report.ts'
import type { Envelope, Transport, TransportParts } from './transport.ts'

export interface ReportedMessage {
  readonly envelope: Envelope
  readonly mime: Buffer
}

/** Back to whoever sent it, with the empty sender: nobody reports about a report (RFC 5321 §4.5.5). */
export async function reportUndelivered(
  { config, context }: Pick<TransportParts, 'config' | 'context'>,
  transport: Transport,
  { envelope, mime }: ReportedMessage,
  undelivered: readonly Undelivered[],
): Promise<void> {
  if (envelope.from === '' || undelivered.length === 0) return
  const report = await nonDeliveryReport({
    envelope,
    mime,
    undelivered,
    server: `${config.servers[0]}.${config.serverDomain}`.toLowerCase(),
    domain: config.autoDiscover.acceptedDomains[0] ?? config.serverDomain,
    now: context.clock.now(),
    id: context.random.uuid(),
  })
  await transport.submit({ from: '', to: [envelope.from] }, report)
}
