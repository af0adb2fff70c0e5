import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ExchangeParts } from '../parts.ts'
import { directoryOf } from '../urls.ts'
import type { WebSession } from './session.ts'
import type { VirtualDirectory } from './web-sign-in.ts'

/** Those that end with the session; ClientId and AppcacheVer are the browser's. */
const ofSession = ['UC', 'X-BackEndCookie'] as const

/** For so long a front end believes where a mailbox is. */
const backEndDays = 30

/** What Outlook on the web of Exchange Server sets with the first page; nothing here reads them. */
export async function setClientCookies(
  request: FastifyRequest,
  reply: FastifyReply,
  { config, context, recipients }: ExchangeParts,
  session: WebSession,
): Promise<void> {
  if (request.cookies.UC !== undefined) return
  const { random, clock } = context
  const directory = directoryOf(request.url)
  const options = optionsOf(directory)
  const sid = (await recipients.findRecipient('objectGuid', session.objectGuid))?.sid
  reply.setCookie('UC', random.bytes(16).toString('hex'), { ...options, httpOnly: true })
  if (sid !== undefined) {
    const value = `${sid}=${backEndOf(session.mailboxId, clock.now())}`
    // The equals sign between the account and the rest is not escaped.
    reply.setCookie('X-BackEndCookie', value, { ...options, httpOnly: true, encode: String })
  }
  if (directory === 'ecp') return
  reply.setCookie('X-OWA-JS-PSD', '1', options)
  reply.setCookie('AppcacheVer', `${config.version}:en-usbase`, { ...options, encode: String })
  if (request.cookies.ClientId !== undefined) return
  const clientId = random.bytes(16).toString('hex').toUpperCase()
  reply.setCookie('ClientId', clientId, { path: '/', secure: true, sameSite: 'lax', maxAge: 365 * 86_400 })
}

export function clearClientCookies(request: FastifyRequest, reply: FastifyReply, directory: VirtualDirectory): void {
  for (const name of ofSession)
    if (request.cookies[name] !== undefined) reply.clearCookie(name, { ...optionsOf(directory), httpOnly: true })
}

function optionsOf(directory: VirtualDirectory) {
  return { path: `/${directory}`, secure: true, sameSite: 'lax' } as const
}

/** Which database and until when, with every bit turned over, as the front end writes it. */
function backEndOf(database: string, now: Date): string {
  const until = new Date(now.getTime() + backEndDays * 86_400_000).toISOString().slice(0, 19)
  const turned = Buffer.from(`Database~${database}~~${until}`).map((byte) => ~byte & 0xff)
  return Buffer.from(turned).toString('base64')
}
