import { z } from 'zod'
import { LabError } from '../errors.ts'
import type { Manage } from '../peers/ask.ts'
import { createTrust, type ImportReport, importTrusts } from './administration.ts'

const text = z.string().default('')

export const importFormSchema = z.object({
  name: text,
  metadataUrl: text,
  document: text,
  /** A chosen file takes the place of what was pasted. */
  file: z
    .instanceof(Buffer)
    .optional()
    .transform((content) => content?.toString('utf8').replace(/^\uFEFF/, '')),
  replace: z.literal('true').optional(),
})

/** What administrators have of a trust, told apart by how it looks; a report where there can be several. */
export async function importDocument(
  manage: Manage,
  { name, metadataUrl, document, file, replace }: z.output<typeof importFormSchema>,
): Promise<ImportReport | undefined> {
  const written = (file ?? document).trim()
  if (metadataUrl !== '') return void (await createTrust(manage, { name, metadataUrl }))
  if (written.startsWith('<')) return void (await createTrust(manage, { name, metadata: written }))
  const trusts = jsonOf(written)
  // The fields of the scenario begin in lower case, those of PowerShell do not.
  if (!Array.isArray(trusts) && 'identifiers' in trusts) return void (await createTrust(manage, trusts))
  return importTrusts(manage, { trusts, ...(replace && { replace: true }) })
}

function jsonOf(document: string): object {
  try {
    return z.union([z.array(z.unknown()), z.looseObject({})]).parse(JSON.parse(document))
  } catch (error) {
    const message = 'The document is neither metadata nor JSON of a trust.'
    throw new LabError('invalidRequest', { message, detail: error instanceof Error ? error.message : undefined })
  }
}
