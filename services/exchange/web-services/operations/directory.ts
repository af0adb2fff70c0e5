import { type Xml, xml } from '#shared/xml/markup.ts'
import { timeZoneOrUtc } from '../../mailbox/time-zones.ts'
import type { Operation } from '../call.ts'
import { attribute, child, children, m, t, textOf } from '../elements.ts'
import { findPlace } from '../folders.ts'
import { responseMessages } from '../response-messages.ts'
import { photoOf } from '../user-photo.ts'
import { WebServicesError } from '../web-services-error.ts'

const success = m('ResponseCode', 'NoError')

/** [MS-OXWSGTRM] 3.1.4.1: there are no distribution groups of rooms here. */
export const getRoomLists: Operation = async () => [success, m('RoomLists')]

/** [MS-OXWSGTRM] 3.1.4.2 */
export const getRooms: Operation = async (call) => {
  const address = textOf(call.body, 'RoomList', 'EmailAddress') ?? ''
  throw new WebServicesError('ErrorNameResolutionNoResults', `"${address.slice(0, 80)}" is no list of rooms`)
}

/** [MS-OXWSPHOTO] 3.1.4.1: the one picture that is kept, whatever size is asked for. */
export const getUserPhoto: Operation = async ({ parts, body }) => {
  const { content } = await photoOf(parts, textOf(body, 'Email') ?? '')
  return [success, m('HasChanged', 'true'), m('PictureData', content.toString('base64'))]
}

/** What Outlook on the web keeps for its owner, in part. */
const userOptions = 'OWA.UserOptions'

/** [MS-OXWSUSRCFG] 3.1.4.3: of Outlook on the web the time zone; programs keep none here. */
export const getUserConfiguration: Operation = (call) =>
  responseMessages(call, 'GetUserConfiguration', [child(call.body, 'UserConfigurationName')], async (named) => {
    const name = attribute(named, 'Name') ?? ''
    await findPlace(call, children(named)[0])
    if (name !== userOptions) throw new WebServicesError('ErrorItemNotFound', `no configuration "${name.slice(0, 80)}"`)
    const { TimeZone } = await call.parts.organization.recipientSettings(call.user.objectGuid)
    const zone = entry('timezone', timeZoneOrUtc(TimeZone).name)
    const place = children(named)[0]
    const folder = xml`<t:DistinguishedFolderId Id="${attribute(place, 'Id') ?? 'root'}"/>`
    return m(
      'UserConfiguration',
      xml`<t:UserConfigurationName Name="${name}">${folder}</t:UserConfigurationName>`,
      t('Dictionary', zone),
    )
  })

function entry(name: string, value: string): Xml {
  const object = (text: string) => [t('Type', 'String'), t('Value', text)]
  return t('DictionaryEntry', t('DictionaryKey', object(name)), t('DictionaryValue', object(value)))
}
