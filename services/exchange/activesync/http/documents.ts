import { activeSyncCodePages } from '#shared/wbxml/activesync-code-pages.ts'
import { decodeWbxml } from '#shared/wbxml/decode.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Call, Command } from '../call.ts'
import { ActiveSyncError } from './active-sync-error.ts'

/**
 * The document of a request; undefined for commands without one. Never reads WBXML out of no bytes.
 * @throws ActiveSyncError for a missing one or another command's, WbxmlError for one that cannot be read.
 */
export function readDocument(
  raw: Buffer,
  contentType: string | undefined,
  command: Command,
  { line, version }: Pick<Call, 'line' | 'version'>,
): WbxmlElement | undefined {
  if (command.content === 'nothing') return undefined
  if (command.content === 'mail' && version < 140) return undefined
  if (raw.length === 0) {
    if (command.content === 'documentOrNothing') return undefined
    throw new ActiveSyncError('invalidContent', `${line.command} came without a body`)
  }
  if (!/^application\/vnd\.ms-sync(\.wbxml)?\s*(;|$)/i.test(contentType ?? ''))
    throw new ActiveSyncError('invalidContent', `Content-Type is ${contentType}`)
  const root = decodeWbxml(activeSyncCodePages, raw)
  const expected = `${command.page}:${line.command}`
  if (root.name.toLowerCase() === expected.toLowerCase()) return root
  throw new ActiveSyncError('invalidXml', `the root element is ${root.name}, expected ${expected}`)
}
