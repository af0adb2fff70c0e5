import { type XmlPart, xml } from '#shared/xml/markup.ts'
import type { Call, Operation } from '../call.ts'
import { m, t, textOf } from '../elements.ts'
import { folderElement, readFolderShape } from '../folders.ts'
import { writeId } from '../ids.ts'
import { responseMessages } from '../response-messages.ts'
import { readHierarchyState, writeSyncState } from '../sync-state.ts'

/** [MS-OXWSSYNC] 3.1.4.1: of the whole mailbox, whichever folder is named. */
export const syncFolderHierarchy: Operation = (call) =>
  responseMessages(call, 'SyncFolderHierarchy', [call.body], () => answer(call))

async function answer(call: Call): Promise<XmlPart> {
  const { mailboxId } = call
  const shape = await readFolderShape(call)
  const written = textOf(call.body, 'SyncState')
  const since = written ? readHierarchyState(written, mailboxId) : undefined
  const found = await call.parts.mailboxes.folderChanges(mailboxId, since ?? 0)
  const folders = since === undefined ? shape.folders : found.changed
  const isNew = (created: number) => since === undefined || created > since
  return [
    m('SyncState', writeSyncState({ hierarchyOf: mailboxId, since: found.number })),
    m('IncludesLastFolderInRange', 'true'),
    m('Changes', [
      folders.map((each) => t(isNew(each.createdNumber) ? 'Create' : 'Update', folderElement(each, shape))),
      since !== undefined &&
        found.deletedIds.map((id) => t('Delete', xml`<t:FolderId Id="${writeId('folder', id)}"/>`)),
    ]),
  ]
}
