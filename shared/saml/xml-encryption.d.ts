declare module 'xml-encryption' {
  interface EncryptOptions {
    readonly rsa_pub: string
    readonly pem: string
    readonly encryptionAlgorithm: string
    readonly keyEncryptionAlgorithm: string
    readonly keyEncryptionDigest?: 'sha1' | 'sha256' | 'sha512'
    readonly disallowEncryptionWithInsecureAlgorithm?: boolean
    readonly warnInsecureAlgorithm?: boolean
  }
  interface DecryptOptions {
    readonly key: string
    readonly disallowDecryptionWithInsecureAlgorithm?: boolean
    readonly warnInsecureAlgorithm?: boolean
  }
  type Callback = (error: Error | null, result: string) => void
  export function encrypt(content: string, options: EncryptOptions, callback: Callback): void
  export function decrypt(content: string, options: DecryptOptions, callback: Callback): void
}
