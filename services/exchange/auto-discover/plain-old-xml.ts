import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Xml } from '#shared/xml/markup.ts'
import { authenticateUser } from '../authentication/authenticate-user.ts'
import type { ExchangeConfig } from '../config.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { ExchangeParts } from '../parts.ts'
import { autoDiscoverDemand } from './demand.ts'
import { addressee, findMailbox, hostFor, otherAddress } from './find-mailbox.ts'
import { mobileSync, namespaces, outlook, readPlainRequest } from './plain-request.ts'

type Markup = typeof import('#shared/xml/markup.ts')

const idOfErrors = '2477272013'

/** [MS-OXDSCLI]: POX, which answers 200 whatever it says. */
export async function answerPlain(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ExchangeParts,
): Promise<FastifyReply> {
  await authenticateUser(parts, request, autoDiscoverDemand)
  const markup = await import('#shared/xml/markup.ts')
  const send = (response: Xml) => {
    const text = markup.xmlText(
      markup.xml`<Autodiscover xmlns="${namespaces.wrapper}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">${response}</Autodiscover>`,
    )
    return reply.type('text/xml; charset=utf-8').send(`<?xml version="1.0" encoding="utf-8"?>\n${text}`)
  }
  const read = await readPlainRequest(typeof request.body === 'string' ? request.body : '')
  if ('error' in read) {
    request.recording.note({ decision: `pox ${read.error.code}`, reason: read.error.reason })
    return send(errorResponse(markup, parts, read.error.code, read.error.message))
  }
  const recipient = await addressee(parts, read.address)
  const location = await findMailbox(parts, read.address, 0)
  if (!recipient || location.outcome === 'notFound') {
    request.recording.note({ decision: 'pox 500', reason: `${read.address} is no recipient here` })
    return send(errorResponse(markup, parts, 500, "The email address can't be found."))
  }
  const isMobile = read.schema === mobileSync
  if (location.outcome === 'here')
    return send(isMobile ? mobileSettings(markup, parts, recipient) : outlookSettings(markup, parts, recipient))
  const there = otherAddress(recipient, read.address)
  if (isMobile) return send(mobileElsewhere(markup, recipient, there))
  const url = `https://${hostFor(parts, location.to, read.address)}/autodiscover/autodiscover.xml`
  return send(outlookElsewhere(markup, { there, url }))
}

/** The address with which discovery begins anew; where it has none of its own there, the URL. */
function outlookElsewhere(
  { xml }: Markup,
  { there, url }: { readonly there: string | undefined; readonly url: string },
): Xml {
  const action =
    there === undefined
      ? xml`<Action>redirectUrl</Action><RedirectUrl>${url}</RedirectUrl>`
      : xml`<Action>redirectAddr</Action><RedirectAddr>${there}</RedirectAddr>`
  return xml`<Response xmlns="${outlook}"><Account>${action}</Account></Response>`
}

function mobileSettings({ xml }: Markup, { config }: ExchangeParts, recipient: Recipient): Xml {
  const url = config.autoDiscover.urls.ActiveSync ?? ''
  const server = xml`<Server><Type>MobileSync</Type><Url>${url}</Url><Name>${url}</Name></Server>`
  return mobileResponse({ xml }, recipient, xml`<Settings>${server}</Settings>`)
}

/** The other address, or the documented answer about a mail user. */
function mobileElsewhere({ xml }: Markup, recipient: Recipient, there: string | undefined): Xml {
  if (there !== undefined) return mobileResponse({ xml }, recipient, xml`<Redirect>${there}</Redirect>`)
  const message = 'The mailbox of this user is in another organization.'
  const error = xml`<Error><Status>2</Status><Message>${message}</Message><DebugData>MailUser</DebugData></Error>`
  return mobileResponse({ xml }, recipient, error)
}

function mobileResponse({ xml }: Pick<Markup, 'xml'>, { displayName, emailAddress }: Recipient, action: Xml): Xml {
  const user = xml`<User><DisplayName>${displayName}</DisplayName><EMailAddress>${emailAddress}</EMailAddress></User>`
  return xml`<Response xmlns="${mobileSync}"><Culture>en:us</Culture>${user}<Action>${action}</Action></Response>`
}

function outlookSettings({ xml }: Markup, { config }: ExchangeParts, recipient: Recipient): Xml {
  const { displayName, emailAddress, objectGuid } = recipient
  const { urls } = config.autoDiscover
  const host = new URL(urls.Ews ?? '').hostname
  const user = xml`<User><DisplayName>${displayName}</DisplayName><LegacyDN>${legacyNameOf(config, recipient)}</LegacyDN><AutoDiscoverSMTPAddress>${emailAddress}</AutoDiscoverSMTPAddress><DeploymentId>${objectGuid}</DeploymentId></User>`
  const services = xml`<ASUrl>${urls.Ews}</ASUrl><EwsUrl>${urls.Ews}</EwsUrl><EmwsUrl>${urls.Ews}</EmwsUrl><OOFUrl>${urls.Ews}</OOFUrl><EcpUrl>${`https://${host}/ecp/`}</EcpUrl>`
  // Programs without EXHTTP read EXPR, which is Outlook Anywhere's and names Exchange Web Services too.
  const protocols = ['EXPR', 'EXHTTP'].map(
    (type) =>
      xml`<Protocol><Type>${type}</Type><Server>${host}</Server><ServerVersion>${serverVersion(config.version)}</ServerVersion><SSL>On</SSL><AuthPackage>Basic</AuthPackage>${services}</Protocol>`,
  )
  const web = xml`<Protocol><Type>WEB</Type><External><OWAUrl AuthenticationMethod="Fba">${`https://${host}/owa/`}</OWAUrl></External></Protocol>`
  const online = config.location === 'online' ? 'True' : 'False'
  const account = xml`<Account><AccountType>email</AccountType><Action>settings</Action><MicrosoftOnline>${online}</MicrosoftOnline>${protocols}${web}</Account>`
  return xml`<Response xmlns="${outlook}">${user}${account}</Response>`
}

/** [MS-OXDSCLI] 2.2.4.1.1.2.6.38 ServerVersion: four bits, six of each version, a flag, fifteen of the build; in hex. */
function serverVersion(version: string): string {
  const [major = 0, minor = 0, build = 0] = version.split('.').map(Number)
  return (0x70008000 + (major << 22) + (minor << 16) + build).toString(16).toUpperCase()
}

/** The mailbox's name in the directory of the server (LegacyExchangeDN). */
export function legacyNameOf({ organizationName }: ExchangeConfig, { objectGuid }: Recipient): string {
  return `/o=${organizationName}/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=${objectGuid}`
}

/** The database, as a name below the server: since Exchange 2013 each mailbox is a server of its own. */
export function databaseNameOf({ organizationName }: ExchangeConfig, recipient: Recipient): string {
  const server = `${recipient.objectGuid}@${recipient.userPrincipalName.split('@').at(-1)}`
  return `/o=${organizationName}/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=${server}/cn=Microsoft Private MDB`
}

function errorResponse({ xml }: Markup, { context }: ExchangeParts, code: number, message: string): Xml {
  const time = `${context.clock.now().toISOString().slice(11, 23)}0000`
  return xml`<Response><Error Time="${time}" Id="${idOfErrors}"><ErrorCode>${String(code)}</ErrorCode><Message>${message}</Message><DebugData /></Error></Response>`
}
