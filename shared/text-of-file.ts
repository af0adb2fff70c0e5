/** Windows PowerShell 5.1 writes UTF-16 with a byte order mark; later ones UTF-8. */
export function textOfFile(content: Buffer): string {
  const isUtf16 = content[0] === 0xff && content[1] === 0xfe
  return content.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '')
}
