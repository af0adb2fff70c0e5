import type { FastifyReply } from 'fastify'
import type { Random } from '#shared/random.ts'
import { seal, unseal } from '../web-session/seal.ts'
import type { SealingKey } from '../web-session/sealing-key.ts'
import type { KeptSession } from '../web-session/session.ts'
import type { SessionCookies } from '../web-session/web-sign-in.ts'

const name = 'OpenIdConnect.token.v1'
// None, so that the sign-out page of Entra ID can end the session from a frame.
const options = { path: '/', secure: true, httpOnly: true, sameSite: 'none' } as const

/** One cookie for every virtual directory: unlike on-premises, `/owa/` and `/ecp/` are one application to Entra ID. */
export function tokenCookie(key: SealingKey, random: Random): SessionCookies {
  return {
    read: async (request) => {
      const value = request.cookies[name]
      const opened = value && unseal(await key.read(), name, value)
      return opened ? (JSON.parse(opened) as KeptSession) : undefined
    },
    write: async (reply, _directory, kept) => {
      reply.setCookie(name, seal(await key.read(), name, JSON.stringify(kept), random), options)
    },
    clear: (request, reply) => {
      for (const each of [name, ...companions])
        if (request.cookies[each] !== undefined) reply.clearCookie(each, options)
    },
  }
}

const companions = [
  'UC',
  'DefaultAnchorMailbox',
  'domainName',
  'exchangecookie',
  'OutlookSession',
  'RoutingKeyCookie',
  'O365Consumer',
]

export interface SignedInMailbox {
  readonly anchor: string
  readonly domain: string
  readonly mailboxId: string
}

/** What the product sets beside its token; nothing here reads them. */
export function setCompanions(
  reply: FastifyReply,
  random: Random,
  { anchor, domain, mailboxId }: SignedInMailbox,
): void {
  reply.setCookie('UC', random.bytes(16).toString('hex'), options)
  reply.setCookie('exchangecookie', random.bytes(16).toString('hex'), options)
  reply.setCookie('DefaultAnchorMailbox', anchor, options)
  reply.setCookie('domainName', domain, options)
  reply.setCookie('OutlookSession', random.bytes(16).toString('hex'), options)
  reply.setCookie('RoutingKeyCookie', `v2:${Buffer.from(anchor).toString('base64')}:${mailboxId}@${domain}`, options)
  reply.setCookie('O365Consumer', '0', options)
}
