/** What the URL of a request says ([MS-ASHTTP] 2.2.1.1.1), in either of its two spellings. */
export interface CommandLine {
  readonly command: string
  /** Times ten: 121, 140, 141, 160, 161. */
  readonly version: number | undefined
  readonly deviceId: string
  readonly deviceType: string
  /** A log text; who calls is said by Authorization. */
  readonly user?: string
  /** Undefined: the request brings none. */
  readonly policyKey: number | undefined
  readonly attachmentName?: string
  readonly collectionId?: string
  readonly itemId?: string
  readonly longId?: string
  readonly occurrence?: string
  readonly saveInSent: boolean
  readonly acceptMultiPart: boolean
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * @param search What follows the question mark, as it came: `+` is no blank in base64.
 * @returns Undefined when it is neither spelling.
 */
export function readCommandLine(search: string, headers: Headers): CommandLine | undefined {
  return /(^|&)cmd=/i.test(search) ? plainLine(search, headers) : base64Line(search)
}

/** Any order and any case: iOS begins with User. */
function plainLine(search: string, headers: Headers): CommandLine {
  const given = new Map([...new URLSearchParams(search)].map(([name, value]) => [name.toLowerCase(), value]))
  const optional = (name: string, key: string) => (given.has(key) ? { [name]: given.get(key) } : {})
  return {
    command: given.get('cmd') ?? '',
    version: versionOf(headerOf(headers, 'ms-asprotocolversion')),
    deviceId: given.get('deviceid') ?? '',
    deviceType: given.get('devicetype') ?? '',
    policyKey: policyKeyOf(headerOf(headers, 'x-ms-policykey')),
    saveInSent: given.get('saveinsent')?.toUpperCase() === 'T',
    acceptMultiPart: headerOf(headers, 'ms-asacceptmultipart')?.toUpperCase() === 'T',
    ...optional('user', 'user'),
    ...optional('attachmentName', 'attachmentname'),
    ...optional('collectionId', 'collectionid'),
    ...optional('itemId', 'itemid'),
    ...optional('longId', 'longid'),
    ...optional('occurrence', 'occurrence'),
  }
}

function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value.trim() : value?.[0]
}

function versionOf(text: string | undefined): number | undefined {
  const parts = /^(\d{1,2})\.(\d)$/.exec(text ?? '')
  return parts ? Number(parts[1]) * 10 + Number(parts[2]) : undefined
}

function policyKeyOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

/** [MS-ASHTTP] 2.2.1.1.1.2.2, and the codes that only old servers knew. */
const commandCodes: Readonly<Record<number, string>> = {
  0: 'Sync',
  1: 'SendMail',
  2: 'SmartForward',
  3: 'SmartReply',
  4: 'GetAttachment',
  9: 'FolderSync',
  10: 'FolderCreate',
  11: 'FolderDelete',
  12: 'FolderUpdate',
  13: 'MoveItems',
  14: 'GetItemEstimate',
  15: 'MeetingResponse',
  16: 'Search',
  17: 'Settings',
  18: 'Ping',
  19: 'ItemOperations',
  20: 'Provision',
  21: 'ResolveRecipients',
  22: 'ValidateCert',
  23: 'Find',
}

const texts: Readonly<Record<number, string>> = {
  0: 'attachmentName',
  1: 'collectionId',
  3: 'itemId',
  4: 'longId',
  6: 'occurrence',
  8: 'user',
}
const optionsTag = 7

/** [MS-ASHTTP] 2.2.1.1.1.1; integers are little-endian. */
function base64Line(search: string): CommandLine | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(search)) return undefined
  const bytes = Buffer.from(search, 'base64')
  try {
    return fixedFields(bytes)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function fixedFields(bytes: Buffer): CommandLine | undefined {
  const command = commandCodes[bytes.readUInt8(1)]
  const [device, afterDevice] = counted(bytes, 4)
  const [key, afterKey] = counted(bytes, afterDevice)
  const [type, afterType] = counted(bytes, afterKey)
  if (command === undefined || device.length === 0 || (key.length !== 0 && key.length !== 4)) return undefined
  const { options = 0, ...parameters } = parametersOf(bytes, afterType)
  return {
    command,
    version: bytes.readUInt8(0),
    deviceId: deviceIdOf(device),
    deviceType: type.toString('utf8'),
    policyKey: key.length === 4 ? key.readUInt32LE() : undefined,
    saveInSent: (Number(options) & 0x01) !== 0,
    acceptMultiPart: (Number(options) & 0x02) !== 0,
    ...parameters,
  }
}

/** A byte with the length, and the bytes; and where the next field begins. */
function counted(bytes: Buffer, offset: number): readonly [Buffer, number] {
  const length = bytes.readUInt8(offset)
  const end = offset + 1 + length
  if (end > bytes.length) throw new RangeError('a field is cut off')
  return [bytes.subarray(offset + 1, end), end]
}

/** The same device in both spellings: text when it is text, else the digits of its bytes. */
function deviceIdOf(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return /^[\x20-\x7e]+$/.test(text) ? text : bytes.toString('hex').toUpperCase()
}

function parametersOf(bytes: Buffer, start: number): { readonly options?: number } & Record<string, string | number> {
  const parameters: Record<string, string | number> = {}
  let offset = start
  while (offset < bytes.length) {
    const tag = bytes.readUInt8(offset)
    const [value, next] = counted(bytes, offset + 1)
    const name = texts[tag]
    if (name) parameters[name] = value.toString('utf8')
    if (tag === optionsTag && value.length > 0) parameters.options = value.readUInt8()
    offset = next
  }
  return parameters
}
