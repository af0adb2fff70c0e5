import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const schema = fileURLToPath(new URL('../schemas/documents.xsd', import.meta.url))

/**
 * What xmllint finds wrong with a document by the schemas of W3C and OASIS, a line each; its absence is an error, never
 * a pass. A root that no schema knows is wrong too.
 */
export function schemaProblems(xml: string): readonly string[] {
  const judge = ['--nonet', '--noout', '--schema', schema, '-']
  const { status, stderr, error } = spawnSync('xmllint', judge, { input: xml, encoding: 'utf8' })
  if (error) throw new Error('xmllint is needed to judge documents and could not be run', { cause: error })
  if (status === 0) return []
  const found = stderr.split('\n').filter((line) => /^-:\d+:/.test(line))
  if (found.length === 0) throw new Error(`xmllint could not judge: ${stderr}`)
  return found
}
