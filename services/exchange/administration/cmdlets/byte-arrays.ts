import { X509Certificate } from 'node:crypto'
import type { Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'

/** `byte[]`, which comes as a list of numbers or as base64. @throws CmdletError badValue for anything else. */
export function bytesIn(value: Parameters[string], name: string): Buffer {
  const list = Array.isArray(value) ? (value as readonly string[]) : []
  const isNumbers = list.length > 1 && list.every((each) => /^\d{1,3}$/.test(each) && Number(each) < 256)
  if (isNumbers) return Buffer.from(list.map(Number))
  const [text = ''] = list
  if (list.length === 1 && text !== '' && /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) return Buffer.from(text, 'base64')
  throw new CmdletError('badValue', `Cannot convert the value of ${name} to type "System.Byte[]".`)
}

/** Certificates as DER, each as base64 or a single one as bytes. @throws CmdletError badValue for what is none. */
export function certificatesIn(value: Parameters[string], name: string): readonly Buffer[] {
  const list = Array.isArray(value) ? (value as readonly string[]) : []
  const isBytes = list.length > 0 && list.every((each) => /^\d{1,3}$/.test(each))
  const given = isBytes ? [bytesIn(list, name)] : list.map((each) => bytesIn([each], name))
  return given.map((each) => {
    try {
      return new X509Certificate(each).raw
    } catch {
      throw new CmdletError('badValue', `${name} has to be X.509 certificates.`)
    }
  })
}
