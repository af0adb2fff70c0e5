import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import {
  type AutoReplyMessage,
  automaticRepliesOf,
  autoReplyAudiences,
  autoReplyStates,
  changeAutomaticReplies,
  replyIn,
} from '../../organization/automatic-replies.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { all, child, element, empty, flagOf, numberOf, optional, text, textOf } from '../elements.ts'
import { dateTime, momentOf } from '../moments.ts'

/** [MS-ASCMD] 2.2.1.18: each property is answered for itself, in the order in which they came. */
export async function settings(call: Call): Promise<CommandAnswer> {
  const asked = call.body?.children ?? []
  if (asked.some(({ name }) => !Object.hasOwn(properties, name)))
    return document(element('Settings:Settings', text('Settings:Status', 2)))
  const answers: WbxmlElement[] = []
  for (const property of asked) {
    const answer = await properties[property.name]?.(call, property)
    if (answer) answers.push(answer)
  }
  return document(element('Settings:Settings', text('Settings:Status', 1), answers))
}

type Answerer = (call: Call, property: WbxmlElement) => Promise<WbxmlElement>

const properties: Readonly<Record<string, Answerer>> = {
  'Settings:Oof': oof,
  'Settings:DeviceInformation': information,
  'Settings:DevicePassword': devicePassword,
  'Settings:UserInformation': userInformation,
  'Settings:RightsManagementInformation': rightsManagement,
}

const informationFields = [
  'Model',
  'IMEI',
  'FriendlyName',
  'OS',
  'OSLanguage',
  'PhoneNumber',
  'UserAgent',
  'EnableOutboundSMS',
  'MobileOperator',
]
const longestFact = 1024

/** What is left out is forgotten. */
export function deviceInformation(given: WbxmlElement | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    informationFields.flatMap((name) => {
      const value = textOf(given, `Settings:${name}`)
      return value ? [[name, value.slice(0, longestFact)]] : []
    }),
  )
}

async function information({ parts, key }: Call, property: WbxmlElement): Promise<WbxmlElement> {
  const given = child(property, 'Settings:Set')
  if (given) await parts.devices.change(key, { information: deviceInformation(given) })
  return element('Settings:DeviceInformation', text('Settings:Status', given ? 1 : 2))
}

const longestPassword = 255

/** Kept by nobody: the recovery of passwords is off in every policy here. */
async function devicePassword(_call: Call, property: WbxmlElement): Promise<WbxmlElement> {
  const password = textOf(child(property, 'Settings:Set'), 'Settings:Password') ?? ''
  return element('Settings:DevicePassword', text('Settings:Status', password.length > longestPassword ? 5 : 7))
}

/** All addresses at which the person gets mail, the primary one first. */
async function userInformation({ parts, user, version }: Call): Promise<WbxmlElement> {
  const others = await parts.recipients.addressesOf(user.objectGuid)
  const all = new Set([user.emailAddress, ...others])
  const addresses = [...all].map((each) => text('Settings:SMTPAddress', each))
  const got =
    version >= 141
      ? element(
          'Settings:Accounts',
          element(
            'Settings:Account',
            element('Settings:EmailAddresses', addresses, text('Settings:PrimarySmtpAddress', user.emailAddress)),
          ),
        )
      : element('Settings:EmailAddresses', addresses)
  return element('Settings:UserInformation', text('Settings:Status', 1), element('Settings:Get', got))
}

async function rightsManagement(): Promise<WbxmlElement> {
  return element('Settings:RightsManagementInformation', text('Settings:Status', 168))
}

async function oof(call: Call, property: WbxmlElement): Promise<WbxmlElement> {
  const [given, wanted] = [child(property, 'Settings:Set'), child(property, 'Settings:Get')]
  // [MS-ASCMD] 2.2.3.17: who asks says in which format.
  const isWhole = given !== undefined || child(wanted, 'Settings:BodyType') !== undefined
  const status = given ? await setOof(call, given) : isWhole ? 1 : 2
  const got = wanted && isWhole && (await getOof(call, textOf(wanted, 'Settings:BodyType')))
  return element('Settings:Oof', text('Settings:Status', status), got)
}

async function setOof({ parts, user, now }: Call, given: WbxmlElement): Promise<number> {
  const state = autoReplyStates[numberOf(given, 'Settings:OofState') ?? 0]
  if (!state) return 5
  const [start, end] = ['StartTime', 'EndTime'].map((name) => momentOf(textOf(given, `Settings:${name}`)))
  if (state === 'Scheduled' && (!start || !end || start >= end)) return 5
  const messages = all(given, 'Settings:OofMessage').flatMap((message) => {
    const audience = autoReplyAudiences.find((each) => child(message, `Settings:${each}`))
    return audience ? [[audience, messageOf(message)]] : []
  })
  const replies = { state, start, end, messages: Object.fromEntries(messages) }
  await changeAutomaticReplies(parts.organization, user.objectGuid, replies, now)
  return 1
}

function messageOf(message: WbxmlElement): AutoReplyMessage {
  const reply = textOf(message, 'Settings:ReplyMessage')
  const bodyType = textOf(message, 'Settings:BodyType')
  return {
    enabled: flagOf(message, 'Settings:Enabled') ?? false,
    ...(reply !== undefined && { reply }),
    ...(bodyType !== undefined && { bodyType }),
  }
}

async function getOof({ parts, user }: Call, bodyType: string | undefined): Promise<WbxmlElement> {
  const kept = automaticRepliesOf(await parts.organization.recipientSettings(user.objectGuid))
  const format = bodyType?.toUpperCase() === 'TEXT' ? 'Text' : 'HTML'
  const moment = (name: string, value: string | undefined) =>
    value === undefined ? undefined : text(name, dateTime(value))
  const messages: WbxmlElement[] = []
  for (const audience of autoReplyAudiences) {
    const message = kept.messages[audience]
    const reply = await replyIn(message, format)
    messages.push(
      element(
        'Settings:OofMessage',
        empty(`Settings:${audience}`),
        text('Settings:Enabled', message?.enabled ?? false),
        optional('Settings:ReplyMessage', reply),
        reply === '' ? undefined : text('Settings:BodyType', format),
      ),
    )
  }
  return element(
    'Settings:Get',
    text('Settings:OofState', autoReplyStates.indexOf(kept.state)),
    moment('Settings:StartTime', kept.start),
    moment('Settings:EndTime', kept.end),
    messages,
  )
}
