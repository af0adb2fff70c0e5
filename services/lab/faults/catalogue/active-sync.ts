import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { encodeWbxml } from '#shared/wbxml/encode.ts'
import { branch, leaf } from '#shared/wbxml/wbxml-element.ts'
import type { CataloguedFault } from './catalogued-fault.ts'

const deployment = 'exchange-online'
const path = '/Microsoft-Server-ActiveSync'
const everything = { path, method: 'POST' }

/** A Status in the command's own root, as [MS-ASCMD] 2.2.2 has it from 14.0 on. */
function statusOf(page: string, command: string, status: number): CataloguedFault['fault'] {
  const root = branch(`${page}:${command}`, [leaf(`${page}:Status`, String(status))])
  return {
    match: { ...everything, query: { Cmd: command } },
    status: 200,
    contentType: 'application/vnd.ms-sync.wbxml',
    bytes: encodeWbxml(activeSyncCodePages, root).toString('base64'),
  }
}

/** Devices that send their query in base64 name no command in it: only faults without `Cmd` strike them. */
export const activeSyncFaults: readonly CataloguedFault[] = [
  {
    id: 'eas-redirect',
    title: 'ActiveSync: mailbox moved',
    cause: 'The mailbox was moved to another server or to the cloud.',
    effect: '451 with X-MS-Location',
    deployment,
    fault: {
      match: everything,
      status: 451,
      headers: { 'X-MS-Location': 'https://mail.contoso.com/Microsoft-Server-ActiveSync' },
    },
  },
  {
    id: 'eas-mailbox-full',
    title: 'ActiveSync: mailbox full',
    cause: 'The mailbox exceeds its quota.',
    effect: '507',
    deployment,
    fault: { match: everything, status: 507 },
  },
  {
    id: 'eas-throttled',
    title: 'ActiveSync throttles',
    cause: 'A device synchronizes too often and exceeds its budget.',
    effect: '503 with Retry-After, and again for whoever comes too early',
    deployment,
    fault: {
      match: everything,
      status: 503,
      retryAfterSeconds: 60,
      headers: { 'X-MS-ASThrottle': 'CommandFrequency' },
    },
  },
  {
    id: 'eas-provision-needed-449',
    title: 'ActiveSync: policy to be fetched (449)',
    cause: 'The policy changed; versions before 14.0 are told by the HTTP status.',
    effect: '449',
    deployment,
    fault: { match: everything, status: 449 },
  },
  {
    id: 'eas-provision-needed',
    title: 'ActiveSync: policy to be fetched (142)',
    cause: 'The device has not been provisioned, or the policy changed.',
    effect: 'Sync answers Status 142',
    deployment,
    fault: statusOf('AirSync', 'Sync', 142),
  },
  {
    id: 'eas-policy-key-invalid',
    title: 'ActiveSync: policy key invalid',
    cause: 'The policy key of the device is not the present one.',
    effect: 'FolderSync answers Status 144',
    deployment,
    fault: statusOf('FolderHierarchy', 'FolderSync', 144),
  },
  {
    id: 'eas-sync-key-invalid',
    title: 'ActiveSync: synchronization key invalid',
    cause: 'The state of the device was lost or has aged out.',
    effect: 'Sync answers Status 3: begin again from 0',
    deployment,
    fault: statusOf('AirSync', 'Sync', 3),
  },
  {
    id: 'eas-folders-changed',
    title: 'ActiveSync: folders changed',
    cause: 'A folder of the request is gone.',
    effect: 'Sync answers Status 12: FolderSync first',
    deployment,
    fault: statusOf('AirSync', 'Sync', 12),
  },
  {
    id: 'eas-retry',
    title: 'ActiveSync: ask again',
    cause: 'The server could not complete the request.',
    effect: 'Sync answers Status 16',
    deployment,
    fault: statusOf('AirSync', 'Sync', 16),
  },
  {
    id: 'eas-server-error',
    title: 'ActiveSync: server error',
    cause: 'A mailbox server failed.',
    effect: 'Sync answers Status 110',
    deployment,
    fault: statusOf('AirSync', 'Sync', 110),
  },
  {
    id: 'eas-server-error-later',
    title: 'ActiveSync: server error, later again',
    cause: 'The mailbox is being moved or its database fails over.',
    effect: 'Sync answers Status 111',
    deployment,
    fault: statusOf('AirSync', 'Sync', 111),
  },
  {
    id: 'eas-device-blocked',
    title: 'ActiveSync: device blocked',
    cause: 'A device access rule blocks the model.',
    effect: 'FolderSync answers Status 129',
    deployment,
    fault: statusOf('FolderHierarchy', 'FolderSync', 129),
  },
  {
    id: 'eas-folder-key-invalid',
    title: 'ActiveSync: folder key invalid',
    cause: 'The folder state of the device was lost.',
    effect: 'FolderSync answers Status 9: begin again from 0',
    deployment,
    fault: statusOf('FolderHierarchy', 'FolderSync', 9),
  },
  {
    id: 'eas-ping-cut',
    title: 'ActiveSync: Ping is cut',
    cause: 'A firewall closes connections that are silent for long.',
    effect: 'the connection breaks while it is held',
    deployment,
    fault: { match: { ...everything, query: { Cmd: 'Ping' } }, reset: true },
  },
  {
    id: 'eas-ping-folders-changed',
    title: 'ActiveSync: Ping wants FolderSync',
    cause: 'The folder hierarchy changed while nobody looked.',
    effect: 'Ping answers Status 7',
    deployment,
    fault: statusOf('Ping', 'Ping', 7),
  },
  {
    id: 'eas-answer-truncated',
    title: 'ActiveSync: answer ends half-way',
    cause: 'A mobile connection broke.',
    effect: 'fewer bytes than Content-Length promised',
    deployment,
    fault: { match: { path }, spoil: { kind: 'truncate' } },
  },
  {
    id: 'eas-unavailable',
    title: 'ActiveSync unavailable',
    cause: 'The application pool is stopped.',
    effect: '503',
    deployment,
    fault: { match: { path }, status: 503 },
  },
]
