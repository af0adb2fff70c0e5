import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openMailboxOf, type Stage, testKeys } from '../_stage.ts'

const alice = 'alice@contoso.com'
const open = new AsyncDisposableStack()
let stage: Stage & { readonly person: Browser }

beforeAll(async () => {
  const keys = await testKeys()
  stage = open.use(await openMailboxOf(alice, await keys.key('Entra')))
  keys.remove()
})
afterAll(() => open.disposeAsync())

const head = (more: string) => `From: Mallory <m@evil.example>\r\nTo: ${alice}\r\nSubject: Broken\r\n${more}\r\n\r\n`
const mixed = (boundary: string) => head(`MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="${boundary}"`)
const typed = (type: string, body: string, more = '') => `${head(`Content-Type: ${type}${more}`)}${body}`

function nested(depth: number): string {
  const begin = Array.from({ length: depth }, (_, index) => {
    const inner =
      index + 1 < depth ? `Content-Type: multipart/mixed; boundary="b${index + 1}"` : 'Content-Type: text/plain'
    return `--b${index}\r\n${inner}\r\n\r\n`
  })
  return `${mixed('b0')}${begin.join('')}deep`
}

const corpus: Readonly<Record<string, string | Buffer>> = {
  'nothing at all': '',
  'one byte': '\0',
  'no header': '\r\n\r\nonly a body',
  'no body': 'Subject: only a head',
  'bare line feeds': head('X: y').replaceAll('\r', ''),
  'bare carriage returns': head('X: y').replaceAll('\n', ''),
  'a boundary that never comes': `${mixed('gone')}text`,
  'a boundary that never ends': `${mixed('b')}--b\r\nContent-Type: text/plain\r\n\r\ntext`,
  'an empty boundary': `${mixed('')}--\r\n\r\ntext\r\n----`,
  'a boundary of special characters': `${mixed('(.*)+[')}--(.*)+[\r\n\r\ntext\r\n--(.*)+[--`,
  'a part that is its own parent': `${mixed('b')}--b\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--`,
  '1,000 nested parts': nested(1000),
  '10,000 parts side by side': `${mixed('b')}${'--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(10_000)}--b--`,
  'nested messages': `${typed('message/rfc822', 'Content-Type: message/rfc822\r\n\r\n'.repeat(500))}x`,
  'an unknown charset': typed('text/plain; charset=x-nobody-knows', 'Gr\u00fc\u00dfe'),
  'bytes that are no UTF-8': Buffer.concat([
    Buffer.from(typed('text/plain; charset=utf-8', '')),
    Buffer.from([0xff, 0xfe, 0xc3]),
  ]),
  'UTF-7': typed('text/html; charset=utf-7', '+ADw-script+AD4-alert(1)+ADw-/script+AD4-'),
  'UTF-16 without a mark': typed('text/html; charset=utf-16', '\0<\0s\0c\0r\0i\0p\0t\0>'),
  'broken base64': typed('text/plain', '!!!=not=base64', '\r\nContent-Transfer-Encoding: base64'),
  'broken quoted-printable': typed('text/plain', '=ZZ=\r\n=3', '\r\nContent-Transfer-Encoding: quoted-printable'),
  'an unknown transfer encoding': typed('text/plain', 'x', '\r\nContent-Transfer-Encoding: x-uuencode'),
  'broken encoded words': head('Subject: =?utf-8?B?!!!?= =?x?Q?=ZZ?= =?utf-8?Q?').concat('x'),
  'a header of 1 MB': head(`X-Bomb: ${'a'.repeat(1024 * 1024)}`).concat('x'),
  '20,000 headers': head(Array.from({ length: 20_000 }, (_, index) => `X-${index}: y`).join('\r\n')).concat('x'),
  'a folded header of 20,000 lines': head(`X: ${'\r\n y'.repeat(20_000)}`).concat('x'),
  '5,000 recipients': head(
    `Cc: ${Array.from({ length: 5000 }, (_, index) => `p${index}@x.example`).join(', ')}`,
  ).concat('x'),
  'groups inside groups': head(`Cc: ${'a:'.repeat(2000)};`).concat('x'),
  'comments inside comments': head(`Cc: ${'('.repeat(5000)}x${')'.repeat(5000)} <a@b.example>`).concat('x'),
  '2,000 parameters': typed(`text/plain${Array.from({ length: 2000 }, (_, index) => `; p*${index}=x`).join('')}`, 'x'),
  'file names that climb': `${mixed('b')}--b\r\nContent-Type: text/plain; name="../../etc/passwd"\r\nContent-Disposition: attachment; filename="..\\..\\\r\n\0x"\r\n\r\nx\r\n--b--`,
  'a calendar that is none': typed('text/calendar; method=REQUEST', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:never'),
  'a calendar of 5,000 rules': typed(
    'text/calendar; method=REQUEST',
    `BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20260302T100000Z\r\n${'RRULE:FREQ=SECONDLY;COUNT=99999999\r\n'.repeat(5000)}END:VEVENT\r\nEND:VCALENDAR`,
  ),
  'a signature without a body': typed('application/pkcs7-mime; smime-type=signed-data', '\x30\x80'),
  'markup in every header': `From: "<img src=x>" <m@evil.example>\r\nTo: ${alice}\r\nSubject: <script>alert(1)</script>\r\nContent-Type: text/plain\r\n\r\n</div><script>alert(2)</script>`,
}

/** With a subject of its own: in one conversation every page would read all that came before it again. */
function letterOf(name: string): Buffer {
  const text = Buffer.from(corpus[name] ?? '').toString('latin1')
  return Buffer.from(text.replace('Subject: Broken', `Subject: Broken by ${name}`), 'latin1')
}

test.each(Object.keys(corpus))('%s: shown as far as it goes, and the message stays as it came', async (name) => {
  const mime = letterOf(name)
  const payload = { mime: mime.toString('base64') }
  const brought = await stage.management.inject({ method: 'POST', url: `/mailboxes/${alice}/messages`, payload })
  expect(brought.statusCode).toBe(200)
  const { id } = brought.json()
  expect((await stage.person.get('/owa/')).statusCode).toBe(200)
  const page = await stage.person.get(`/owa/?ItemID=${id}`)
  expect(page.statusCode).toBe(200)
  expect(page.body).not.toMatch(/<script>|<img/)
  const raw = await stage.person.get(`/owa/service.svc/s/GetMessageSource?id=${id}`)
  expect([raw.statusCode, raw.rawPayload.equals(mime)]).toEqual([200, true])
  expect(raw.headers).toMatchObject({
    'content-type': 'message/rfc822',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  })
})

test('broken messages of one conversation are shown together', async () => {
  const letters = ['an unknown charset', 'broken base64', 'UTF-7', 'a boundary that never ends'].map(
    (name) => corpus[name],
  )
  let id = ''
  for (const letter of letters) {
    const payload = { mime: Buffer.from(letter ?? '').toString('base64') }
    const brought = await stage.management.inject({ method: 'POST', url: `/mailboxes/${alice}/messages`, payload })
    id = brought.json().id
  }
  const page = await stage.person.get(`/owa/?ItemID=${id}`)
  expect(page.statusCode).toBe(200)
  // The one that was opened, and the others of its conversation.
  expect(page.body.match(/data-testid="thread-body"/g)).toHaveLength(letters.length - 1)
  expect(page.body).not.toMatch(/<script>|<img/)
})

test('nobody reads the source of a message in the mailbox of another', async () => {
  expect((await stage.person.get('/owa/service.svc/s/GetMessageSource?id=nothing')).statusCode).toBe(404)
})
