/** The security identifier of an object of Entra ID, as joined computers know it: S-1-12-1 and its id in four numbers. */
export function cloudSecurityIdentifier(objectId: string): string {
  const bytes = Buffer.from(objectId.replaceAll('-', ''), 'hex')
  const second = bytes.readUInt16BE(4) + bytes.readUInt16BE(6) * 0x1_0000
  return ['S-1-12-1', bytes.readUInt32BE(0), second, bytes.readUInt32LE(8), bytes.readUInt32LE(12)].join('-')
}
