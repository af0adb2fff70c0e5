import { z } from 'zod'
import { textOfFile } from '#shared/text-of-file.ts'
import { XmlRefusal } from '#shared/xml/xml-refusal.ts'
import { LabError } from '../errors.ts'
import type { Manage } from '../peers/ask.ts'
import { createTrust, type ImportReport, importTrusts } from './administration.ts'
import { readClixml } from './clixml.ts'
import { looksLikeFormatList, readFormatList } from './format-list.ts'

const text = z.string().default('')

export const importFormSchema = z.object({
  name: text,
  metadataUrl: text,
  document: text,
  /** A chosen file takes the place of what was pasted. */
  file: z
    .instanceof(Buffer)
    .optional()
    .transform((content) => content && textOfFile(content)),
  replace: z.literal('true').optional(),
})

/** What administrators have of a trust, told apart by how it looks; a report where there can be several. */
export async function importDocument(
  manage: Manage,
  { name, metadataUrl, document, file, replace }: z.output<typeof importFormSchema>,
): Promise<ImportReport | undefined> {
  const written = (file ?? document).trim()
  const replacing = replace ? { replace: true } : {}
  if (metadataUrl !== '') return void (await createTrust(manage, { name, metadataUrl }))
  if (/^(?:<\?xml[^>]*>\s*)?<Objs\b/.test(written))
    return importTrusts(manage, { trusts: clixml(written), ...replacing })
  if (written.startsWith('<')) return void (await createTrust(manage, { name, metadata: written }))
  if (looksLikeFormatList(written)) return importListed(manage, file ?? document, replacing)
  const trusts = jsonOf(written)
  // The fields of the scenario begin in lower case, those of PowerShell do not.
  if (!Array.isArray(trusts) && 'identifiers' in trusts) return void (await createTrust(manage, trusts))
  return importTrusts(manage, { trusts, ...replacing })
}

function clixml(document: string): readonly unknown[] {
  try {
    return readClixml(document)
  } catch (error) {
    if (!(error instanceof XmlRefusal)) throw error
    const message = 'The document of Export-Clixml cannot be read.'
    throw new LabError('invalidRequest', { message, detail: error.reason })
  }
}

/** Who is shown incompletely is refused by line; the others come in. */
async function importListed(manage: Manage, written: string, replacing: object): Promise<ImportReport> {
  const listed = readFormatList(written)
  const complete = listed.filter(({ problems }) => problems.length === 0).map(({ properties }) => properties)
  const refused = listed
    .filter(({ problems }) => problems.length > 0)
    .map(({ properties, problems }) => ({
      name: String(properties.Name ?? '(no name)'),
      outcome: 'refused' as const,
      reason: problems.join('; '),
      notTaken: [],
    }))
  const report = complete.length > 0 ? await importTrusts(manage, { trusts: complete, ...replacing }) : { trusts: [] }
  return { trusts: [...report.trusts, ...refused] }
}

function jsonOf(document: string): object {
  try {
    return z.union([z.array(z.unknown()), z.looseObject({})]).parse(JSON.parse(document))
  } catch (error) {
    const message = 'The document is neither metadata nor a trust as PowerShell writes one.'
    throw new LabError('invalidRequest', { message, detail: error instanceof Error ? error.message : undefined })
  }
}
