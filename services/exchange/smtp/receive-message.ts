import type { SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { readEnvelope } from '../mailbox/read-mime.ts'
import type { ExchangeParts } from '../parts.ts'
import { recordHop, sessionUser } from './record-hop.ts'
import { acceptAuthors } from './session-rules.ts'
import { SmtpRefusal } from './smtp-refusal.ts'

/** Takes the message in and hands it on; what it returns is said after 250 once nothing can be lost any more. */
export async function receiveMessage(
  parts: ExchangeParts,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  isOtherPlace: boolean,
): Promise<string> {
  const { config, context, transport } = parts
  const content = await contentOf(stream, config.mail.largestMessage)
  acceptHead(content)
  await acceptAuthors(parts, session, await authorsOf(session, content))
  const { mailFrom, rcptTo } = session.envelope
  const to = rcptTo.map(({ address }) => address)
  const from = mailFrom === false ? '' : mailFrom.address
  const isAuthenticated = isOtherPlace || sessionUser(session) !== undefined
  const envelope = { from, to, clientIp: session.remoteAddress, isAuthenticated }
  const id = context.random.uuid()
  const server = `${config.servers[0]}.${config.serverDomain}`.toLowerCase()
  const trace = `Received: from ${traceName(session)} (${session.remoteAddress}) by ${server} with ESMTPS id ${id}; ${context.clock.now().toUTCString().replace('GMT', '+0000')}\r\n`
  await transport.submit(envelope, Buffer.concat([Buffer.from(trace), content]))
  recordHop(parts, session, {
    verb: 'DATA',
    status: 250,
    decision: 'messageAccepted',
    detail: { from: envelope.from, to: envelope.to, bytes: content.length },
  })
  return `2.6.0 <${id}@${server}> Queued mail for delivery`
}

/** MaxHeaderSize and MaxHopCount of a receive connector ("Set-ReceiveConnector"). */
const largestHead = 256 * 1024
const mostHops = 60

function acceptHead(content: Buffer): void {
  const text = content.subarray(0, largestHead + 4).toString('latin1')
  const end = /(?:^|\r?\n)\r?\n/.exec(text)
  if (!end && content.length > largestHead) throw new SmtpRefusal('headTooLarge', `more than ${largestHead} bytes`)
  const hops = (end ? text.slice(0, end.index) : text).match(/^Received:/gim)?.length ?? 0
  if (hops > mostHops) throw new SmtpRefusal('hopCountExceeded', `${hops} Received headers, the limit is ${mostHops}`)
}

/** Whom the message names as its author, which counts where somebody signed in. */
async function authorsOf(session: SMTPServerSession, content: Buffer): Promise<readonly string[]> {
  if (sessionUser(session) === undefined) return []
  const end = content.indexOf('\r\n\r\n')
  const { from } = (await readEnvelope(end < 0 ? content : content.subarray(0, end + 4))).addresses
  return from?.address.includes('@') ? [from.address] : []
}

/** A client's own name for itself goes into a header. */
function traceName({ hostNameAppearsAs }: SMTPServerSession): string {
  return String(hostNameAppearsAs || 'unknown')
    .replace(/[^\w.:[\]-]/g, '?')
    .slice(0, 255)
}

async function contentOf(stream: SMTPServerDataStream, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    // The rest is read and dropped: the client speaks until it has finished.
    if (size <= limit) chunks.push(chunk)
  }
  if (size > limit || stream.sizeExceeded) throw new SmtpRefusal('tooLarge', `${size} bytes, the limit is ${limit}`)
  return Buffer.concat(chunks)
}
