import type { Folder } from '../../mailbox/folder.ts'
import type { ItemChanges, ItemChangesRequest } from '../../mailbox/item-changes.ts'
import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import type { CollectionState } from '../devices/device-state.ts'
import type { DeviceKey, DeviceStore } from '../devices/device-store.ts'

type Mailboxes = Pick<MailboxStore, 'findFolder' | 'itemChanges'>
type Devices = Pick<DeviceStore, 'collection' | 'collectionsOf'>

/**
 * A change wakes every device that waits for it, and they all ask the store the same: it is read once for all who ask
 * before reading begins. Who asks later is told of what was changed in between, so that nobody sleeps through it.
 */
export class SharedReads {
  readonly #mailboxes: Mailboxes
  readonly #devices: Devices
  readonly #open = new Map<string, Promise<unknown>>()
  readonly #askers = new Map<string, Set<string>>()

  constructor(mailboxes: Mailboxes, devices: Devices) {
    this.#mailboxes = mailboxes
    this.#devices = devices
  }

  folder(mailboxId: string, folderId: string): Promise<Folder | undefined> {
    return this.#once(`folder ${mailboxId} ${folderId}`, () => this.#mailboxes.findFolder(mailboxId, folderId))
  }

  itemChanges(request: ItemChangesRequest): Promise<ItemChanges> {
    return this.#once(`changes ${JSON.stringify(request)}`, () => this.#mailboxes.itemChanges(request))
  }

  async collection(key: DeviceKey, collectionId: string): Promise<CollectionState | undefined> {
    const { mailboxId, deviceId } = key
    const question = `collections ${mailboxId} ${collectionId}`
    const askers = this.#askers.get(question) ?? new Set()
    this.#askers.set(question, askers.add(deviceId))
    const find = await this.#once(question, async () => {
      this.#askers.delete(question)
      if (askers.size > 1) return this.#devices.collectionsOf(mailboxId, collectionId)
      const state = await this.#devices.collection(key, collectionId)
      return () => state
    })
    return find(deviceId)
  }

  #once<Answer>(question: string, read: () => Promise<Answer>): Promise<Answer> {
    const open = this.#open.get(question) as Promise<Answer> | undefined
    if (open) return open
    const answer = new Promise((resolve) => setImmediate(resolve)).then(() => {
      this.#open.delete(question)
      return read()
    })
    this.#open.set(question, answer)
    return answer
  }
}
