import { expect, test } from 'vitest'
import { readEnvelope } from './read-mime.ts'

const mixed = (...parts: readonly string[]) =>
  Buffer.from(
    `Subject: Outer\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n${parts.map((each) => `--B\r\n${each}\r\n`).join('')}--B--\r\n`,
  )
const note = 'Content-Type: text/plain\r\n\r\nSee below'

test.each([
  ['Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\ninner text', 'Grüße.eml'],
  ['Subject: a:b\r\n and more\r\n\r\ninner text', 'a b and more.eml'],
  ['To: bob@contoso.com\r\n\r\nSubject: is in the text', 'attachment-1.eml'],
])('a message inside another is a file of it, by the name of its subject: %#', async (inner, name) => {
  const { text, attachments } = await readEnvelope(mixed(note, `Content-Type: message/rfc822\r\n\r\n${inner}`))
  expect(text?.trim()).toBe('See below')
  expect(attachments).toMatchObject([{ name, contentType: 'message/rfc822' }])
  expect(attachments[0]?.content.toString().trim()).toBe(inner.replaceAll('\r\n', '\n'))
})

test('of parts without end, the first 10,000 are read', async () => {
  const { text, attachments } = await readEnvelope(
    mixed(note, ...Array.from({ length: 60_000 }, () => 'Content-Type: a/b\r\n\r\nx')),
  )
  expect(text?.trim()).toBe('See below')
  expect(attachments).toHaveLength(9999)
})
