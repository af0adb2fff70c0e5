import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LabError } from './errors.ts'

/** Bytes of all files of a form. */
const largestUpload = 2 * 1024 * 1024

type UploadedForm = Record<string, string | Buffer | Buffer[]>

/** Forms with files, on the pages of the lab: the body is its fields, and what was chosen: a Buffer, or several. */
export function acceptUploads(scope: FastifyInstance): void {
  scope.addContentTypeParser('multipart/form-data', (request: FastifyRequest, payload: IncomingMessage) =>
    readUpload(request.headers, payload),
  )
}

async function readUpload(headers: IncomingMessage['headers'], payload: IncomingMessage): Promise<UploadedForm> {
  const { Busboy } = await import('@fastify/busboy')
  const form: UploadedForm = {}
  let size = 0
  const broken = (error: unknown) =>
    new LabError('invalidRequest', { message: 'The form cannot be read.', detail: String(error) })
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => reject(broken(error))
    try {
      const reader = new Busboy({
        headers: headers as { 'content-type': string },
        limits: { fieldSize: largestUpload, fields: 50, files: 500, fileSize: largestUpload + 1 },
      })
      reader.on('field', (name, value) => {
        form[name] = value
      })
      reader.on('file', (field, stream, name) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => {
          size += chunk.length
          chunks.push(chunk)
        })
        stream.on('error', fail)
        stream.on('end', () => {
          if (name) form[field] = withFile(form[field], Buffer.concat(chunks))
        })
      })
      reader.on('error', fail)
      reader.on('finish', () => resolve())
      payload.once('aborted', () => fail('the connection was cut'))
      payload.pipe(reader)
    } catch (error) {
      fail(error)
    }
  })
  if (size <= largestUpload) return form
  throw new LabError('invalidRequest', { message: `Files of ${largestUpload / 1024} KiB at most can be taken.` })
}

function withFile(chosen: UploadedForm[string] | undefined, file: Buffer): Buffer | Buffer[] {
  if (Array.isArray(chosen)) return [...chosen, file]
  return Buffer.isBuffer(chosen) ? [chosen, file] : file
}
