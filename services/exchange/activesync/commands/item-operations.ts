import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { MailboxRefusal } from '../../mailbox/mailbox-refusal.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { child, element, flagOf, optional, text, textOf } from '../elements.ts'
import { fetchOne, PartList } from './item-operations-fetch.ts'

const mostOperations = 100

/** [MS-ASCMD] 2.2.1.10: one after the other, each with a Status of its own. */
export async function itemOperations(call: Call): Promise<CommandAnswer> {
  const operations = call.body?.children ?? []
  const answer = (status: number, response?: WbxmlElement) =>
    element('ItemOperations:ItemOperations', text('ItemOperations:Status', status), response)
  if (operations.length > mostOperations) return document(answer(11))
  if (operations.length === 0) return document(answer(2))
  const parts = new PartList(call.line.acceptMultiPart)
  const responses: WbxmlElement[] = []
  for (const operation of operations) {
    const response = await respond(call, operation, parts)
    if (!response) return document(answer(2))
    responses.push(response)
  }
  const root = answer(1, element('ItemOperations:Response', responses))
  return parts.isAccepted ? { kind: 'multipart', root, parts: parts.parts } : document(root)
}

async function respond(call: Call, operation: WbxmlElement, parts: PartList): Promise<WbxmlElement | undefined> {
  if (operation.name === 'ItemOperations:Fetch') return fetchOne(call, operation, parts)
  if (operation.name === 'ItemOperations:EmptyFolderContents') return emptyFolder(call, operation)
  return operation.name === 'ItemOperations:Move' ? moveConversation(call, operation) : undefined
}

async function emptyFolder({ parts, mailboxId }: Call, operation: WbxmlElement): Promise<WbxmlElement> {
  const collectionId = textOf(operation, 'AirSync:CollectionId')
  const subfolders = flagOf(child(operation, 'ItemOperations:Options'), 'ItemOperations:DeleteSubFolders') ?? false
  const status = await statusOf(() => parts.mailboxes.emptyFolder(mailboxId, collectionId ?? '', { subfolders }), 2)
  return element(
    'ItemOperations:EmptyFolderContents',
    text('ItemOperations:Status', status),
    optional('AirSync:CollectionId', collectionId),
  )
}

/** 14.0: a conversation, wherever its messages are, moves to a folder. */
async function moveConversation({ parts, mailboxId, version }: Call, operation: WbxmlElement): Promise<WbxmlElement> {
  const id = child(operation, 'ItemOperations:ConversationId')
  const target = textOf(operation, 'ItemOperations:DstFldId') ?? ''
  const options = child(operation, 'ItemOperations:Options')
  const conversationId = Buffer.from((id?.value as Uint8Array | undefined) ?? [])
    .toString('hex')
    .toUpperCase()
  const move = async () => {
    for (const message of await parts.mailboxes.listConversation(mailboxId, conversationId))
      if (message.folderId !== target) await parts.mailboxes.moveItem(mailboxId, message.id, target)
  }
  const isAlways = child(options, 'ItemOperations:MoveAlways') !== undefined
  const status = version < 140 ? 2 : isAlways ? await statusOf(move, 156) : 155
  return element('ItemOperations:Move', text('ItemOperations:Status', status), id)
}

async function statusOf(work: () => Promise<void>, refused: number): Promise<number> {
  try {
    await work()
    return 1
  } catch (error) {
    if (error instanceof MailboxRefusal) return refused
    throw error
  }
}
