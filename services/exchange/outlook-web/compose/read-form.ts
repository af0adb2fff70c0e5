import type { IncomingMessage } from 'node:http'
import { ExchangeError } from '../../errors.ts'

export interface UploadedFile {
  readonly name: string
  readonly contentType: string
  readonly content: Buffer
}

export interface ReadForm {
  /** The last of each name; of `remove` all. */
  readonly fields: ReadonlyMap<string, string>
  readonly removed: readonly string[]
  readonly files: readonly UploadedFile[]
}

/** Text with pictures in it. */
const fieldLimit = 8 * 1024 * 1024
const mostFiles = 50

/**
 * A multipart form, in memory: what is too large or too much is refused as a whole, and never cut; the person's text is
 * still in the browser.
 * @throws ExchangeError tooLarge, or malformedForm.
 */
export async function readForm(
  { raw, headers }: { readonly raw: Pick<IncomingMessage, 'pipe' | 'once'>; readonly headers: unknown },
  largest: number,
): Promise<ReadForm> {
  const { Busboy } = await import('@fastify/busboy')
  const fields = new Map<string, string>()
  const removed: string[] = []
  const files: UploadedFile[] = []
  const tooMuch: string[] = []
  let size = 0
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(new ExchangeError('malformedForm', `the form cannot be read: ${(error as Error).message}`))
    try {
      const form = new Busboy({
        headers: headers as { 'content-type': string },
        // One byte more than may come, so that a file of just that size is told from one that was cut.
        limits: { fieldSize: fieldLimit, fields: 100, files: mostFiles, fileSize: largest + 1 },
      })
      form.on('field', (name, value, _nameCut, valueCut) => {
        if (valueCut) tooMuch.push(`${name} is longer than ${fieldLimit} bytes`)
        if (name === 'remove') removed.push(value)
        else fields.set(name, value)
      })
      form.on('filesLimit', () => tooMuch.push(`there are more than ${mostFiles} files`))
      form.on('file', (_field, stream, name, _encoding, contentType) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size <= largest) chunks.push(chunk)
        })
        stream.on('error', fail)
        stream.on('end', () => {
          if (name) files.push({ name: baseName(name), contentType, content: Buffer.concat(chunks) })
        })
      })
      form.on('error', fail)
      form.on('finish', () => resolve())
      raw.pipe(form)
      raw.once('aborted', () => fail(new Error('the connection was cut')))
    } catch (error) {
      fail(error)
    }
  })
  if (size > largest) tooMuch.push(`${size} bytes of attachments, the limit is ${largest}`)
  if (tooMuch.length === 0) return { fields, removed, files }
  throw new ExchangeError('tooLarge', tooMuch.join(', '))
}

/** Some browsers send the whole path. */
function baseName(name: string): string {
  return name.split(/[\\/]/).at(-1)?.slice(0, 255) || 'attachment'
}
