/** Ascending, comma, no blanks: clients split the text without trimming and take the last that they know. */
export const offeredVersions = '12.1,14.0,14.1,16.0,16.1'

const spoken: readonly number[] = [121, 140, 141, 160, 161]

export function isSpoken(version: number | undefined): version is number {
  return version !== undefined && spoken.includes(version)
}

/** From 14.0 on what goes wrong is a Status in the answer, not an HTTP status ([MS-ASCMD] 2.2.2). */
export function hasCommonStatus(version: number): boolean {
  return version >= 140
}

export const offeredCommands = [
  'Sync',
  'SendMail',
  'SmartForward',
  'SmartReply',
  'GetAttachment',
  'GetHierarchy',
  'CreateCollection',
  'DeleteCollection',
  'MoveCollection',
  'FolderSync',
  'FolderCreate',
  'FolderDelete',
  'FolderUpdate',
  'MoveItems',
  'GetItemEstimate',
  'MeetingResponse',
  'Search',
  'Settings',
  'Ping',
  'ItemOperations',
  'Provision',
  'ResolveRecipients',
  'ValidateCert',
  'Find',
].join(',')
