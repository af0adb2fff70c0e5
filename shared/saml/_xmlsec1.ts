import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignedNode } from './_signers.ts'

/** Runs a judge over files of a folder that does not outlive the call; its absence is an error, never a verdict. */
function judge(command: string, parameters: readonly string[], files: Readonly<Record<string, string | Buffer>>) {
  const folder = mkdtempSync(join(tmpdir(), 'judge-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const { status, stdout, stderr, error } = spawnSync(command, parameters, { cwd: folder, encoding: 'utf8' })
    if (error) throw new Error(`${command} is needed to judge signatures and could not be run`, { cause: error })
    const written = Object.hasOwn(files, 'output') ? readFileSync(join(folder, 'output'), 'utf8') : ''
    return { status, said: stdout + stderr, written }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** xmlsec1's verdict on the first signature, or on the one that `xpath` leads to. */
export function xmlsecAccepts(
  xml: string,
  certificatePem: string,
  nodes: readonly SignedNode[],
  xpath?: string,
): boolean {
  const ids = nodes.flatMap(({ idAttribute, node }) => [`--id-attr:${idAttribute}`, node])
  const which = xpath ? ['--node-xpath', xpath] : []
  const parameters = ['--verify', ...ids, ...which, '--pubkey-cert-pem', 'certificate.pem', 'message.xml']
  const { status, said } = judge('xmlsec1', parameters, { 'message.xml': xml, 'certificate.pem': certificatePem })
  return status === 0 && /^OK$/m.test(said)
}

/** What xmlsec1 finds in an xenc:EncryptedData that carries its key; fails when it cannot be opened. */
export function decryptedByXmlsec(sealed: string, privateKeyPem: string): string {
  const files = { 'sealed.xml': sealed, 'key.pem': privateKeyPem, output: '' }
  const parameters = ['--decrypt', '--privkey-pem', 'key.pem', '--output', 'output', 'sealed.xml']
  const { status, said, written } = judge('xmlsec1', parameters, files)
  if (status !== 0) throw new Error(`xmlsec1 cannot decrypt: ${said}`)
  return written.replace(/^<\?xml[^>]*>\s*/, '').trimEnd()
}

/** openssl's verdict on the signature of a redirect (SAML 2.0 Bindings §3.4.4.1), RSA with SHA-256. */
export function queryHolds(search: string, certificatePem: string): boolean {
  const [, covered = '', signature = ''] = /^\?(.*)&Signature=([^&]*)$/.exec(search) ?? []
  const files = {
    covered,
    signature: Buffer.from(decodeURIComponent(signature), 'base64'),
    'key.pem': new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'pem' }),
  }
  const parameters = ['dgst', '-sha256', '-verify', 'key.pem', '-signature', 'signature', 'covered']
  return judge('openssl', parameters, files).said.includes('Verified OK')
}
