import { availableParallelism } from 'node:os'
import { createTransport } from 'nodemailer'
import { startStack } from '#services/stack.ts'
import { processorName } from './process-figures.ts'
import { sampleOf } from './statistics.ts'

const windows = 5
const windowMs = 3_000
const recipient = 'peggy@fabrikam.com'
const text = 'A line of a message that says little. '.repeat(40)

interface Way {
  readonly what: string
  readonly kept: boolean
  readonly tls: boolean
  readonly atOnce: number
  readonly rates: number[]
}

/** Messages a second of processor time that one client brings to Exchange Online over sockets, until 250 says that they are kept. */
export async function smtpReport(say: (text: string) => void): Promise<string> {
  await using stack = await startStack()
  const server = {
    ...stack.smtp('exchange-online'),
    tls: { ca: stack.authority.caPem, servername: 'outlook.office365.com' },
  }
  const ways: Way[] = [true, false].flatMap((kept) =>
    [true, false].map((tls) => ({
      ...{ kept, tls, atOnce: 4, rates: [] },
      what: `${kept ? 'kept connections' : 'a connection each'}, ${tls ? 'STARTTLS' : 'plain'}`,
    })),
  )
  for (let window = 0; window <= windows; window += 1) {
    say(`window ${window} of ${windows}`)
    for (const way of ways) {
      const rate = await deliver(server, way)
      // The first one warms up.
      if (window > 0) way.rates.push(rate)
    }
  }
  const rows = ways.map(
    ({ what, rates }) => `| ${what} | ${sampleOf(rates).median.toFixed(0)} | ${Math.min(...rates).toFixed(0)} |`,
  )
  return [
    `${processorName()}, ${availableParallelism()} cores, Node ${process.versions.node}; client and the whole stack in one process, four messages at once, store in memory; deliveries by second of processor time, of both, which others use as well; medians of ${windows} windows.`,
    '',
    '| | deliveries/s | least of a window |',
    '|---|---:|---:|',
    ...rows,
    '',
  ].join('\n')
}

async function deliver(server: object, { kept, tls, atOnce }: Way): Promise<number> {
  const security = tls ? { requireTLS: true } : { ignoreTLS: true }
  const transport = createTransport({
    ...server,
    ...security,
    ...(kept && { pool: true, maxConnections: atOnce, maxMessages: Number.POSITIVE_INFINITY }),
  } as never)
  const begun = performance.now()
  const busy = process.cpuUsage()
  let sent = 0
  const client = async () => {
    while (performance.now() - begun < windowMs) {
      await transport.sendMail({ from: 'a@elsewhere.example', to: recipient, subject: `Message ${sent}`, text })
      sent += 1
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  const { user, system } = process.cpuUsage(busy)
  transport.close()
  return (sent * 1_000_000) / (user + system)
}
