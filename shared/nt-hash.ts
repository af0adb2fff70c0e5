import md4 from 'js-md4'

/** The NT hash: MD4 of the password in UTF-16LE, as upper-case hexadecimal ([MS-NLMP] §3.3.1, NTOWFv1). */
export function ntHash(password: string): string {
  return md4(Buffer.from(password, 'utf16le')).toUpperCase()
}
