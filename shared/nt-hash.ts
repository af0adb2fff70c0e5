import md4 from 'js-md4'

/** The NT hash: MD4 of the password in UTF-16LE, as upper-case hexadecimal ([MS-NLMP] §3.3.1, NTOWFv1). */
export function ntHash(password: string): string {
  // `md4(…)` itself asks OpenSSL, whose default provider has no MD4.
  return md4.update(Buffer.from(password, 'utf16le')).hex().toUpperCase()
}
