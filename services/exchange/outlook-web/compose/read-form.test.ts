import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readForm } from './read-form.ts'

async function read(form: FormData, largest: number) {
  const body = new Response(form)
  const raw = Readable.from([Buffer.from(await body.arrayBuffer())]) as IncomingMessage
  return readForm({ raw, headers: { 'content-type': body.headers.get('content-type') } }, largest)
}

function formOf(fields: Readonly<Record<string, string>>, ...files: readonly (readonly [string, number])[]) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  for (const [name, bytes] of files) form.append('attachments', new File([Buffer.alloc(bytes, 'x')], name))
  return form
}

test('files up to the limit are read whole', async () => {
  const { files, fields } = await read(formOf({ subject: 'a' }, ['C:\\dir\\a.txt', 60], ['b.txt', 40]), 100)
  expect(files.map(({ name, content }) => [name, content.length])).toEqual([
    ['a.txt', 60],
    ['b.txt', 40],
  ])
  expect(fields.get('subject')).toBe('a')
})

test.each([
  { what: 'one file of a byte more', form: formOf({}, ['a', 101]), reason: /^101 bytes/ },
  { what: 'files that are too large together', form: formOf({}, ['a', 60], ['b', 60]), reason: /^120 bytes/ },
  {
    what: 'a text that would be cut',
    form: formOf({ body: 'x'.repeat(8 * 1024 * 1024 + 1) }),
    reason: /^body is longer/,
  },
  {
    what: 'more files than are read',
    form: formOf({}, ...Array.from({ length: 51 }, (_, index) => [`${index}`, 1] as const)),
    reason: /more than 50 files/,
  },
])('$what: refused with 413, nothing is cut', async ({ form, reason }) => {
  await expect(read(form, 100)).rejects.toMatchObject({
    code: 'tooLarge',
    status: 413,
    reason: expect.stringMatching(reason),
  })
})

test('what ends in the middle is refused with 400', async () => {
  const raw = Readable.from(['--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nhalf']) as IncomingMessage
  await expect(
    readForm({ raw, headers: { 'content-type': 'multipart/form-data; boundary=b' } }, 100),
  ).rejects.toMatchObject({
    code: 'malformedForm',
  })
})
