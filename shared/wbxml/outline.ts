import type { WbxmlElement } from './wbxml-element.ts'

/** Elements that steer the protocol and tell nothing of anybody: all others are told by their size. */
const shown = new Set(
  `Status SyncKey CollectionId ServerId ParentId ClientId SrcMsgId SrcFldId DstFldId DstMsgId Class Type WindowSize
  FilterType Conflict GetChanges DeletesAsMoves TruncationSize AllOrNone Preview MIMESupport MIMETruncation Limit
  HeartbeatInterval Wait Id PolicyType PolicyKey Count Total Range Store Read EstimatedDataSize Truncated NativeBodyType
  UserResponse ConversationMode MaxItems Model OS OSLanguage RemoteWipe AccountOnlyRemoteWipe AllowHTMLEmail
  DevicePasswordEnabled MinDevicePasswordLength MaxInactivityTimeDeviceLock`.split(/\s+/),
)

const mostElements = 60
const longestValue = 64

/**
 * What a document of ActiveSync says, as indented XML for people: the first sixty elements, without code pages. Values
 * are those that steer the protocol; mail, addresses and passwords are told by their length alone.
 */
export function outlineOf(root: WbxmlElement): string {
  const lines: string[] = []
  write(root, 0, lines)
  return (lines.length > mostElements ? [...lines.slice(0, mostElements), '…'] : lines).join('\n')
}

function write({ name, children, value }: WbxmlElement, depth: number, lines: string[]): void {
  if (lines.length > mostElements) return
  const tag = name.slice(name.indexOf(':') + 1)
  const indent = '  '.repeat(depth)
  if (children.length === 0) {
    const said = value === undefined ? '' : saidOf(tag, value)
    lines.push(said === '' ? `${indent}<${tag}/>` : `${indent}<${tag}>${said}</${tag}>`)
    return
  }
  lines.push(`${indent}<${tag}>`)
  for (const child of children) write(child, depth + 1, lines)
  lines.push(`${indent}</${tag}>`)
}

function saidOf(tag: string, value: string | Uint8Array): string {
  if (typeof value !== 'string') return `[${value.length} bytes]`
  return shown.has(tag) && value.length <= longestValue ? value : `[${value.length} characters]`
}
