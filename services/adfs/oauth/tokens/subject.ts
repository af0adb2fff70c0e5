import { createHash } from 'node:crypto'

/** `sub` is pairwise ([MS-OIDCE] §2.2.3.1): base64 of a SHA-256 over the client, the person and a salt of the farm. */
export function pairwiseSubject(clientId: string, sid: string, salt: string): string {
  return createHash('sha256').update(`${clientId.toLowerCase()}\n${sid}\n${salt}`).digest('base64')
}
