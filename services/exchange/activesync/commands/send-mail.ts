import { submitMail } from '../../transport/submit-mail.ts'
import { type Call, type CommandAnswer, nothing } from '../call.ts'
import { bytesOf, child, textOf } from '../elements.ts'
import { ActiveSyncError } from '../http/active-sync-error.ts'
import { answerTo, type Source } from './answer-message.ts'
import { forwardMeeting, isMeetingForward } from './forward-meeting.ts'

/** [MS-ASCMD] 2.2.1.17, .19, .20: success says nothing; clients send again until they hear it. */
export function sendMail(call: Call): Promise<CommandAnswer> {
  return send(call, undefined)
}

export function smartReply(call: Call): Promise<CommandAnswer> {
  return send(call, 'reply')
}

export async function smartForward(call: Call): Promise<CommandAnswer> {
  if (!isMeetingForward(call)) return send(call, 'forward')
  const clientId = requiredClientId(call.body)
  const recipients = await call.parts.devices.together(async () =>
    (await call.parts.devices.markSent(call.key, clientId, call.now)) ? forwardMeeting(call) : undefined,
  )
  if (recipients !== undefined) call.request.recording.note({ decision: 'meetingForwarded', detail: { recipients } })
  return nothing
}

type Verb = 'reply' | 'forward'

interface Letter {
  readonly mime: Buffer
  readonly saveInSent: boolean
  readonly clientId?: string | undefined
  readonly source: Source
  readonly replaceMime: boolean
}

async function send(call: Call, verb: Verb | undefined): Promise<CommandAnswer> {
  const letter = call.version >= 140 ? wbxmlLetter(call) : mimeLetter(call)
  const recipients = await call.parts.devices.together(() => submitOnce(call, letter, verb))
  if (recipients !== undefined) call.request.recording.note({ decision: 'mailSubmitted', detail: { recipients } })
  return nothing
}

/**
 * What was sent under this id was sent: the client did not hear it. What is refused leaves neither the id nor a mark
 * at the original, so that the client may try again.
 */
async function submitOnce(call: Call, letter: Letter, verb: Verb | undefined): Promise<number | undefined> {
  const { clientId, saveInSent } = letter
  if (clientId && !(await call.parts.devices.markSent(call.key, clientId, call.now))) return undefined
  const mime = verb ? await answerTo(call, verb, letter) : letter.mime
  const recipients = await submitMail(call.parts, { sender: call.user, mime, saveInSent })
  if (recipients === 0) throw new ActiveSyncError('messageHasNoRecipient', 'To, Cc and Bcc are empty')
  return recipients
}

function wbxmlLetter({ body, version }: Call): Letter {
  const mime = bytesOf(body, 'ComposeMail:Mime')
  if (!mime || mime.length === 0) throw new ActiveSyncError('invalidMime', 'there is no Mime')
  const clientId = requiredClientId(body)
  refuseAccount(body, version)
  const source = child(body, 'ComposeMail:Source')
  const instanceId = textOf(source, 'ComposeMail:InstanceId')
  const isShort = child(source, 'ComposeMail:FolderId') ?? child(source, 'ComposeMail:ItemId')
  if (isShort && child(source, 'ComposeMail:LongId'))
    throw new ActiveSyncError('invalidCombinationOfIds', 'LongId stands without FolderId and ItemId')
  return {
    mime,
    clientId,
    saveInSent: child(body, 'ComposeMail:SaveInSentItems') !== undefined,
    source: {
      folderId: textOf(source, 'ComposeMail:FolderId'),
      itemId: textOf(source, 'ComposeMail:ItemId') ?? textOf(source, 'ComposeMail:LongId'),
      instanceId,
    },
    replaceMime: child(body, 'ComposeMail:ReplaceMime') !== undefined,
  }
}

/** A mailbox has one account, which Settings gives no id ([MS-ASCMD] 2.2.3.3). */
function refuseAccount(body: Call['body'], version: number): void {
  const account = textOf(body, 'ComposeMail:AccountId')
  if (version >= 141 && account) throw new ActiveSyncError('invalidAccountId', `there is no account "${account}"`)
}

function requiredClientId(body: Call['body']): string {
  const clientId = textOf(body, 'ComposeMail:ClientId')
  if (!clientId || clientId.length > 40) throw new ActiveSyncError('invalidXml', 'ClientId has 1 to 40 characters')
  return clientId
}

/** Up to 12.1 the body is the message, and the rest is in the query. */
function mimeLetter({ raw, line, request }: Call): Letter {
  const type = request.headers['content-type'] ?? ''
  if (!/^message\/rfc822\s*(;|$)/i.test(type)) throw new ActiveSyncError('invalidContent', `Content-Type is ${type}`)
  if (raw.length === 0) throw new ActiveSyncError('invalidMime', 'there is no message')
  return {
    mime: raw,
    saveInSent: line.saveInSent,
    source: { folderId: line.collectionId, itemId: line.itemId ?? line.longId, instanceId: line.occurrence },
    replaceMime: false,
  }
}
