import { pictureType } from '../../recipients/recipient-files.ts'
import type { Cmdlet, CmdletParts, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { notFound } from '../names.ts'
import { bytesIn } from './byte-arrays.ts'
import { recipientNamed } from './recipient-named.ts'

/** "Set-UserPhoto": what a picture may have at most. */
const largest = 20 * 1024 * 1024

/** Pictures of people with a mailbox; a change counts at once, without `-Save`. */
export const userPhotoCmdlets: readonly Cmdlet[] = [
  { name: 'Get-UserPhoto', parameters: { Identity: 'identity' }, mandatory: ['Identity'], run: getPhoto },
  {
    name: 'Set-UserPhoto',
    parameters: { Identity: 'identity', PictureData: 'texts', Preview: 'switch', Save: 'switch', Cancel: 'switch' },
    mandatory: ['Identity'],
    run: setPhoto,
  },
  { name: 'Remove-UserPhoto', parameters: { Identity: 'identity' }, mandatory: ['Identity'], run: removePhoto },
]

const ownerOf = (parts: CmdletParts, { Identity }: Parameters) =>
  recipientNamed(parts, String(Identity), ['UserMailbox'])

async function getPhoto(parts: CmdletParts, parameters: Parameters) {
  const { objectGuid, displayName } = await ownerOf(parts, parameters)
  const picture = await parts.files.pictureOf(objectGuid)
  if (!picture) throw notFound(String(parameters.Identity), parts.config)
  const { content, changedAt } = picture
  return [
    {
      Identity: displayName,
      PictureData: content.toString('base64'),
      Thumbprint: content.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 0),
      WhenChanged: changedAt.toISOString(),
    },
  ]
}

async function setPhoto(parts: CmdletParts, parameters: Parameters) {
  const { objectGuid } = await ownerOf(parts, parameters)
  if (parameters.Save === true || parameters.Cancel === true) return []
  const content = bytesIn(parameters.PictureData, 'PictureData')
  if (pictureType(content) === undefined || content.length > largest)
    throw new CmdletError('badValue', 'The picture data is not a JPEG, PNG, GIF or BMP of at most 20 MB.')
  await parts.files.keepPicture(objectGuid, content, parts.context.clock.now())
  return []
}

async function removePhoto(parts: CmdletParts, parameters: Parameters) {
  const { objectGuid } = await ownerOf(parts, parameters)
  await parts.files.keepPicture(objectGuid, undefined, parts.context.clock.now())
  return []
}
