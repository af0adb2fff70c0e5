import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignedNode } from './_signers.ts'

/** xmlsec1's verdict on the first signature, or on the one that `xpath` leads to; its absence is an error, never a pass. */
export function xmlsecAccepts(
  xml: string,
  certificatePem: string,
  nodes: readonly SignedNode[],
  xpath?: string,
): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'xmlsec-'))
  try {
    writeFileSync(join(folder, 'message.xml'), xml)
    writeFileSync(join(folder, 'certificate.pem'), certificatePem)
    const ids = nodes.flatMap(({ idAttribute, node }) => [`--id-attr:${idAttribute}`, node])
    const which = xpath ? ['--node-xpath', xpath] : []
    const result = spawnSync(
      'xmlsec1',
      ['--verify', ...ids, ...which, '--pubkey-cert-pem', join(folder, 'certificate.pem'), join(folder, 'message.xml')],
      { encoding: 'utf8' },
    )
    if (result.error)
      throw new Error('xmlsec1 is needed to judge signatures and could not be run', { cause: result.error })
    return result.status === 0 && /^OK$/m.test(result.stdout + result.stderr)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
