import type { Command } from '../call.ts'
import { find } from './find.ts'
import { folderCreate, folderDelete, folderUpdate } from './folder-changes.ts'
import { folderSync, getHierarchy } from './folder-sync.ts'
import { getAttachment } from './get-attachment.ts'
import { getItemEstimate } from './get-item-estimate.ts'
import { itemOperations } from './item-operations.ts'
import { meetingResponse } from './meeting-response.ts'
import { moveItems } from './move-items.ts'
import { ping } from './ping.ts'
import { provision } from './provision.ts'
import { resolveRecipients } from './resolve-recipients.ts'
import { search } from './search.ts'
import { sendMail, smartForward, smartReply } from './send-mail.ts'
import { settings } from './settings.ts'
import { sync } from './sync.ts'
import { validateCert } from './validate-cert.ts'

type Row = readonly [name: string, command: Command]

/** [MS-ASCMD] 2.2.1: since which version, and whether the policy must have been acknowledged. */
const rows: readonly Row[] = [
  ['Sync', { page: 'AirSync', quarantined: true, provisioned: true, content: 'documentOrNothing', run: sync }],
  ['SendMail', { page: 'ComposeMail', provisioned: true, content: 'mail', run: sendMail }],
  ['SmartForward', { page: 'ComposeMail', provisioned: true, content: 'mail', run: smartForward }],
  ['SmartReply', { page: 'ComposeMail', provisioned: true, content: 'mail', run: smartReply }],
  ['GetAttachment', { page: 'AirSync', provisioned: true, until: 121, content: 'nothing', run: getAttachment }],
  ['GetHierarchy', { page: 'FolderHierarchy', provisioned: true, until: 121, content: 'nothing', run: getHierarchy }],
  [
    'FolderSync',
    { page: 'FolderHierarchy', quarantined: true, provisioned: true, content: 'document', run: folderSync },
  ],
  ['FolderCreate', { page: 'FolderHierarchy', provisioned: true, content: 'document', run: folderCreate }],
  ['FolderDelete', { page: 'FolderHierarchy', provisioned: true, content: 'document', run: folderDelete }],
  ['FolderUpdate', { page: 'FolderHierarchy', provisioned: true, content: 'document', run: folderUpdate }],
  ['MoveItems', { page: 'Move', provisioned: true, content: 'document', run: moveItems }],
  [
    'GetItemEstimate',
    { page: 'GetItemEstimate', quarantined: true, provisioned: true, content: 'document', run: getItemEstimate },
  ],
  ['MeetingResponse', { page: 'MeetingResponse', provisioned: true, content: 'document', run: meetingResponse }],
  ['Search', { page: 'Search', provisioned: true, content: 'document', run: search }],
  ['Settings', { page: 'Settings', quarantined: true, provisioned: true, content: 'document', run: settings }],
  ['Ping', { page: 'Ping', quarantined: true, provisioned: false, content: 'documentOrNothing', run: ping }],
  ['ItemOperations', { page: 'ItemOperations', provisioned: true, content: 'document', run: itemOperations }],
  ['Provision', { page: 'Provision', quarantined: true, provisioned: false, content: 'document', run: provision }],
  ['ResolveRecipients', { page: 'ResolveRecipients', provisioned: true, content: 'document', run: resolveRecipients }],
  ['ValidateCert', { page: 'ValidateCert', provisioned: true, content: 'document', run: validateCert }],
  ['Find', { page: 'Find', since: 161, provisioned: true, content: 'document', run: find }],
]

/** By lower-case name. */
export const commands: ReadonlyMap<string, Command> = new Map(
  rows.map(([name, command]) => [name.toLowerCase(), command]),
)

export function properName(command: string): string {
  return rows.find(([name]) => name.toLowerCase() === command.toLowerCase())?.[0] ?? command
}
