import type { Element } from '@xmldom/xmldom'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Xml } from '#shared/xml/markup.ts'
import { authenticateUser } from '../authentication/authenticate-user.ts'
import type { ExchangeConfig } from '../config.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { ExchangeParts } from '../parts.ts'
import { autoDiscoverDemand } from './demand.ts'
import { addressee, findMailbox, hostFor, otherAddress } from './find-mailbox.ts'
import { databaseNameOf, legacyNameOf } from './plain-old-xml.ts'

type Markup = typeof import('#shared/xml/markup.ts')

const names = {
  soap: 'http://schemas.xmlsoap.org/soap/envelope/',
  addressing: 'http://www.w3.org/2005/08/addressing',
  autodiscover: 'http://schemas.microsoft.com/exchange/2010/Autodiscover',
  instance: 'http://www.w3.org/2001/XMLSchema-instance',
}

interface SettingsRequest {
  readonly mailboxes: readonly string[]
  readonly settings: readonly string[]
}

/** [MS-OXWSADISC] GetUserSettings; other operations are refused as invalid requests. */
export async function answerSoap(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ExchangeParts,
): Promise<FastifyReply> {
  await authenticateUser(parts, request, autoDiscoverDemand)
  const markup = await import('#shared/xml/markup.ts')
  const asked = await readSettingsRequest(typeof request.body === 'string' ? request.body : '')
  const send = (response: Xml) => {
    const envelope = envelopeAround(markup, parts.config, response)
    return reply.type('text/xml; charset=utf-8').send(`<?xml version="1.0" encoding="utf-8"?>${envelope}`)
  }
  if (typeof asked === 'string') {
    request.recording.note({ decision: 'InvalidRequest', reason: asked })
    return send(responseOf(markup, 'InvalidRequest', asked, []))
  }
  const users = []
  for (const mailbox of asked.mailboxes) users.push(await userResponse(markup, parts, mailbox, asked.settings))
  return send(responseOf(markup, 'NoError', '', users))
}

async function readSettingsRequest(body: string): Promise<SettingsRequest | string> {
  const [{ parseXml, rootOf }, { XmlRefusal }] = await Promise.all([
    import('#shared/xml/parse-xml.ts'),
    import('#shared/xml/xml-refusal.ts'),
  ])
  try {
    const root = rootOf(parseXml(body))
    const message = root.getElementsByTagNameNS(names.autodiscover, 'GetUserSettingsRequestMessage').item(0)
    if (!message) return 'The request is no GetUserSettings request.'
    const mailboxes = textsNamed(message, 'Mailbox')
    const settings = textsNamed(message, 'Setting')
    return mailboxes.length === 0 || mailboxes.length > 100
      ? 'At least one user must be requested.'
      : { mailboxes, settings }
  } catch (error) {
    if (error instanceof XmlRefusal) return `The request is no XML: ${error.message}`
    throw error
  }
}

function textsNamed(element: Element, name: string): readonly string[] {
  return [...element.getElementsByTagNameNS(names.autodiscover, name)].map((each) => each.textContent?.trim() ?? '')
}

async function userResponse(
  markup: Markup,
  parts: ExchangeParts,
  mailbox: string,
  settings: readonly string[],
): Promise<Xml> {
  const recipient = await addressee(parts, mailbox)
  const location = await findMailbox(parts, mailbox, 0)
  if (!recipient || location.outcome === 'notFound')
    return refusedUser(markup, 'InvalidUser', `The user '${mailbox}' is invalid.`)
  if (location.outcome === 'here') return foundUser(markup, settingValues(parts, recipient), settings)
  const there = otherAddress(recipient, mailbox)
  if (there !== undefined) return refusedUser(markup, 'RedirectAddress', `Redirect to ${there}.`, there)
  const target = `https://${hostFor(parts, location.to, mailbox)}/autodiscover/autodiscover.svc`
  return refusedUser(markup, 'RedirectUrl', `Redirect to ${target}.`, target)
}

function refusedUser({ xml }: Markup, code: string, message: string, target?: string): Xml {
  const redirect =
    target === undefined ? xml`<RedirectTarget i:nil="true"/>` : xml`<RedirectTarget>${target}</RedirectTarget>`
  return xml`<UserResponse><ErrorCode>${code}</ErrorCode><ErrorMessage>${message}</ErrorMessage>${redirect}<UserSettingErrors/><UserSettings/></UserResponse>`
}

function foundUser({ xml }: Markup, values: ReadonlyMap<string, string>, settings: readonly string[]): Xml {
  const found = settings.flatMap((name) => {
    const value = values.get(name)
    return value === undefined
      ? []
      : [xml`<UserSetting i:type="StringSetting"><Name>${name}</Name><Value>${value}</Value></UserSetting>`]
  })
  const missing = settings
    .filter((name) => !values.has(name))
    .map(
      (name) =>
        xml`<UserSettingError><ErrorCode>SettingIsNotAvailable</ErrorCode><ErrorMessage>${`The setting '${name}' is not available.`}</ErrorMessage><SettingName>${name}</SettingName></UserSettingError>`,
    )
  return xml`<UserResponse><ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage><RedirectTarget i:nil="true"/><UserSettingErrors>${missing}</UserSettingErrors><UserSettings>${found}</UserSettings></UserResponse>`
}

function settingValues({ config }: ExchangeParts, recipient: Recipient): ReadonlyMap<string, string> {
  const { urls } = config.autoDiscover
  const ews = urls.Ews ?? ''
  const host = new URL(ews).hostname
  return new Map([
    ['ExternalEwsUrl', ews],
    ['InternalEwsUrl', ews],
    ['ExternalEwsVersion', config.version],
    ['EwsSupportedSchemas', 'Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2013, Exchange2015, Exchange2016'],
    ['AutoDiscoverSMTPAddress', recipient.emailAddress],
    ['UserDisplayName', recipient.displayName],
    ['UserDN', legacyNameOf(config, recipient)],
    ['UserDeploymentId', recipient.objectGuid],
    ['UserMSOnline', config.location === 'online' ? 'True' : 'False'],
    ['MailboxDN', databaseNameOf(config, recipient)],
    ['ExternalEcpUrl', `https://${host}/ecp/`],
    ['ExternalWebClientUrls', `https://${host}/owa/`],
    ['CasVersion', config.version],
    ['MailboxVersion', config.version],
  ])
}

function responseOf({ xml }: Markup, code: string, message: string, users: readonly Xml[]): Xml {
  return xml`<GetUserSettingsResponseMessage xmlns="${names.autodiscover}"><Response xmlns:i="${names.instance}"><ErrorCode>${code}</ErrorCode><ErrorMessage>${message}</ErrorMessage><UserResponses>${users}</UserResponses></Response></GetUserSettingsResponseMessage>`
}

function envelopeAround({ xml, xmlText }: Markup, { version }: ExchangeConfig, response: Xml): string {
  const [major = '', minor = '', build = '', revision = ''] = version.split('.')
  const numbers = xml`<h:MajorVersion>${major}</h:MajorVersion><h:MinorVersion>${minor}</h:MinorVersion><h:MajorBuildNumber>${build}</h:MajorBuildNumber><h:MinorBuildNumber>${revision}</h:MinorBuildNumber><h:Version>Exchange2016</h:Version>`
  const info = xml`<h:ServerVersionInfo xmlns:h="${names.autodiscover}">${numbers}</h:ServerVersionInfo>`
  const action = xml`<a:Action s:mustUnderstand="1">${`${names.autodiscover}/Autodiscover/GetUserSettingsResponse`}</a:Action>`
  return xmlText(
    xml`<s:Envelope xmlns:s="${names.soap}" xmlns:a="${names.addressing}"><s:Header>${action}${info}</s:Header><s:Body>${response}</s:Body></s:Envelope>`,
  )
}
