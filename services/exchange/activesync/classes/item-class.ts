import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Folder, FolderClass } from '../../mailbox/folder.ts'
import type { Item, ItemBody } from '../../mailbox/item.ts'
import type { ItemKind } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import type { CollectionOptions } from '../devices/device-state.ts'
import { appointmentClass } from './appointment.ts'
import { contactClass } from './contact.ts'
import { draftClass } from './draft.ts'
import { messageClass } from './message.ts'
import { noteClass } from './note.ts'
import { taskClass } from './task.ts'

/** How a class of [MS-ASCMD] 2.2.3.27 is written for a client, and what clients may do to it. */
export interface ItemClass {
  readonly name: 'Email' | 'Calendar' | 'Contacts' | 'Tasks' | 'Notes'
  /** ApplicationData or Properties of an item. */
  readonly write: (writing: Writing) => Promise<readonly WbxmlElement[]> | readonly WbxmlElement[]
  /** Nothing when what was added is no item any more, such as a draft that was sent. */
  readonly add?: (adding: Adding) => Promise<Item | undefined>
  readonly change: (changing: Changing) => Promise<Item | undefined>
  /** Called before the client's own Delete takes it out of the folder. */
  readonly beforeRemoval?: (call: Call, item: Item) => Promise<void>
  readonly removeInstance?: (call: Call, item: Item, instanceId: string) => Promise<Item>
}

export interface Writing {
  readonly call: Pick<Call, 'parts' | 'mailboxId' | 'version' | 'user'>
  readonly item: Item
  readonly body: ItemBody
  readonly options: CollectionOptions
  readonly supported?: readonly string[] | undefined
}

export interface Adding {
  readonly call: Call
  readonly folder: Folder
  readonly data: WbxmlElement
  readonly clientId: string
  readonly send: boolean
}

export interface Changing {
  readonly call: Call
  readonly folder: Folder
  readonly item: Item
  readonly data: WbxmlElement
  readonly supported: readonly string[] | undefined
  readonly instanceId: string | undefined
  readonly send: boolean
}

const byFolder: Readonly<Record<FolderClass, ItemClass>> = {
  mail: messageClass,
  calendar: appointmentClass,
  contacts: contactClass,
  tasks: taskClass,
  notes: noteClass,
}

const byKind: Readonly<Record<ItemKind, ItemClass>> = {
  message: messageClass,
  appointment: appointmentClass,
  contact: contactClass,
  task: taskClass,
  note: noteClass,
}

/** What clients may put into a folder. */
export function classOf(folder: Folder, version: number): ItemClass {
  return folder.wellKnown === 'drafts' && version >= 160 ? draftClass : byFolder[folder.folderClass]
}

/** How an item is written, wherever it is. */
export function classOfItem(item: Item): ItemClass {
  return byKind[item.kind]
}
