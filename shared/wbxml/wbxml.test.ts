import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { DOMParser, type Element } from '@xmldom/xmldom'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { activeSyncCodePages as pages } from './activesync-code-pages.ts'
import { decodeWbxml } from './decode.ts'
import { encodeWbxml } from './encode.ts'
import { branch, leaf, type WbxmlElement } from './wbxml-element.ts'
import { WbxmlError } from './wbxml-error.ts'

const folder = new URL('../../test/vectors/activesync/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const bytesOf = (hex: string) => Buffer.from(hex.replace(/\s/g, ''), 'hex')
const names = readdirSync(folder)
  .filter((name) => /^\d\d-.*\.hex$/.test(name))
  .map((name) => name.slice(0, -4))
const catalogue: readonly { file: string; sha256: string }[] = JSON.parse(read('index.json'))

function treeOf(element: Element): WbxmlElement {
  const name = `${element.namespaceURI}:${element.localName}`
  const children = [...element.childNodes].filter((node) => node.nodeType === 1) as Element[]
  if (children.length > 0) return branch(name, children.map(treeOf))
  const text = element.textContent ?? ''
  if (element.getAttributeNS('urn:eas-vector', 'opaque')) return leaf(name, Buffer.from(text, 'base64'))
  return leaf(name, text === '' ? undefined : text)
}

function expectedTree(name: string): WbxmlElement {
  const { documentElement } = new DOMParser().parseFromString(read(`${name}.xml`), 'text/xml')
  return treeOf(documentElement as Element)
}

/** Opaque values as buffers of their own, so that trees compare. */
function plain({ name, children, value }: WbxmlElement): unknown {
  const shown =
    typeof value === 'string' || value === undefined ? value : `opaque ${Buffer.from(value).toString('hex')}`
  return [name, shown, children.map(plain)]
}

test('all 83 golden vectors are here', () => {
  expect(names).toHaveLength(83)
  expect(catalogue).toHaveLength(83)
})

test.each(names)('§30-04 %s decodes to its XML, and encodes to its bytes', (name) => {
  const bytes = bytesOf(read(`${name}.hex`))
  const tree = decodeWbxml(pages, bytes)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(catalogue.find(({ file }) => file === name)?.sha256)
  expect(plain(tree)).toEqual(plain(expectedTree(name)))
  expect(encodeWbxml(pages, expectedTree(name)).toString('hex')).toBe(bytes.toString('hex'))
})

test.each(names)('%s is refused when it is cut at any byte', (name) => {
  const bytes = bytesOf(read(`${name}.hex`))
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => decodeWbxml(pages, bytes.subarray(0, length)), `${length} bytes`).toThrow(WbxmlError)
})

test.each([
  { what: 'an empty tag with content bit', hex: '03016a00 45 5401 01', same: '03016a00 45 14 01' },
  { what: 'a switch to the same page', hex: '03016a00 0000 45 0000 14 01', same: '03016a00 45 14 01' },
  { what: 'a switch right before an end', hex: '03016a00 45 14 0000 01', same: '03016a00 45 14 01' },
  { what: 'WBXML 1.2', hex: '02016a00 45 14 01', same: '03016a00 45 14 01' },
])('$what is read alike', ({ hex, same }) => {
  expect(plain(decodeWbxml(pages, bytesOf(hex)))).toEqual(plain(decodeWbxml(pages, bytesOf(same))))
})

test('an unknown page is something to skip', () => {
  const tree = decodeWbxml(pages, bytesOf('03016a00 45 00fe 50 03 4100 01 0000 14 01'))
  expect(tree.children.map(({ name }) => name)).toEqual(['254:0x10', 'AirSync:MoreAvailable'])
})

test.each([
  { what: 'no bytes', hex: '', problem: 'cut off' },
  { what: 'HTML', hex: '3c68746d6c3e', problem: 'version' },
  { what: 'a string table', hex: '03016a04 61626300 05', problem: 'string table' },
  { what: 'another charset', hex: '03010400 05', problem: 'charset' },
  { what: 'attributes', hex: '03016a00 c5', problem: 'not used' },
  { what: 'an entity', hex: '03016a00 45 02 20 01', problem: 'not used' },
  { what: 'a literal', hex: '03016a00 45 04 00 01', problem: 'not used' },
  { what: 'text outside', hex: '03016a00 03 4100', problem: 'outside' },
  { what: 'an end too many', hex: '03016a00 01', problem: 'never began' },
  { what: 'two roots', hex: '03016a00 05 05', problem: 'more after' },
  { what: 'mixed content', hex: '03016a00 45 03 4100 14 01', problem: 'mixed' },
  { what: 'an opaque longer than the document', hex: '03016a00 45 c3 8fffffff7f 00', problem: 'too long' },
  { what: 'an opaque of a huge number', hex: '03016a00 45 c3 ffffffffffffff 00', problem: 'too long' },
])('$what is refused', ({ hex, problem }) => {
  expect(() => decodeWbxml(pages, bytesOf(hex))).toThrow(problem)
})

test('depth, elements and values have limits', () => {
  const deep = Buffer.concat([bytesOf('03016a00'), Buffer.alloc(1_000_000, 0x45)])
  expect(() => decodeWbxml(pages, deep)).toThrow('nested too deeply')
  const limits = { depth: 3, elements: 5, valueBytes: 4 }
  expect(() => decodeWbxml(pages, bytesOf('03016a00 45 14 14 14 14 14 01'), limits)).toThrow('too many')
  expect(() => decodeWbxml(pages, bytesOf('03016a00 45 03 414141414100 01'), limits)).toThrow('too long')
})

test('what XML cannot hold leaves a text before it is written', () => {
  const written = encodeWbxml(pages, leaf('Email:Subject', 'a\u0000b\u0007c\uD800'))
  expect(decodeWbxml(pages, written).value).toBe('abc\uFFFD')
  expect(() => encodeWbxml(pages, leaf('Email:NoSuchTag'))).toThrow('Email:NoSuchTag')
})

const known = pages.names.filter((name) => name !== undefined)
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
const value = fc.oneof(fc.constant(undefined), text, fc.uint8Array({ minLength: 1, maxLength: 400 }))

function trees(tags: readonly string[], values: fc.Arbitrary<string | Uint8Array | undefined>) {
  return fc.letrec<{ tree: WbxmlElement }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6, depthSize: 'small' },
      fc.tuple(fc.constantFrom(...tags), values).map(([name, each]) => leaf(name, each)),
      fc
        .tuple(fc.constantFrom(...tags), fc.array(tie('tree'), { minLength: 1, maxLength: 6 }))
        .map(([name, children]) => branch(name, children)),
    ),
  })).tree
}

test('any tree comes back as it was', () => {
  fc.assert(
    fc.property(trees(known, value), (tree) => {
      const clean = (each: WbxmlElement): WbxmlElement => ({
        ...each,
        children: each.children.map(clean),
        value: typeof each.value === 'string' ? withoutControls(each.value) : each.value,
      })
      expect(plain(decodeWbxml(pages, encodeWbxml(pages, tree)))).toEqual(plain(clean(tree)))
    }),
    { numRuns: 500 },
  )
})

const controls = /(?![\t\n\r\u007f-\u009f])\p{Cc}|[\ufffe\uffff]/gu
const withoutControls = (each: string) => each.replace(controls, '').toWellFormed()

test('any bytes are read or refused, and nothing else happens', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.uint8Array({ maxLength: 400 }).map((each) => Buffer.concat([Buffer.from([3, 1, 0x6a, 0]), each])),
  )
  fc.assert(
    fc.property(bytes, (each) => {
      try {
        expect(decodeWbxml(pages, each).name).toMatch(/^[\w]+:\w+$/)
      } catch (error) {
        expect(error).toBeInstanceOf(WbxmlError)
      }
    }),
    { numRuns: 2000 },
  )
})

/** libwbxml's own reading, written again by libwbxml. */
function throughLibwbxml(bytes: Uint8Array): Buffer {
  const xml = execFileSync('wbxml2xml', ['-k', '-m', '0', '-l', 'ACTIVESYNC', '-o', '-', '-'], {
    input: bytes,
    stdio: 'pipe',
  })
  return execFileSync('xml2wbxml', ['-k', '-n', '-a', '-v', '1.3', '-o', '-', '-'], { input: xml, stdio: 'pipe' })
}

// libwbxml 0.11.8 lacks page 25, a few late tags and those that no protocol ever used.
const missing =
  /^(AirNotify|Find|MeetingResponse:Proposed\w+|Provision:AccountOnlyRemoteWipe|Calendar:(Att(?!endee)|DisplayName)|Ping:Version|Search:(Stores|SubstringOp)|ComposeMail:Type$)/
const knownThere = (tree: WbxmlElement): boolean => !missing.test(tree.name) && tree.children.every(knownThere)

test('libwbxml reads what we write, and we read what it writes', () => {
  const vectors = names.map((name) => bytesOf(read(`${name}.hex`)))
  const compared = vectors.filter((bytes) => knownThere(decodeWbxml(pages, bytes)))
  expect(compared.length).toBeGreaterThanOrEqual(75)
  for (const bytes of compared)
    expect(plain(decodeWbxml(pages, throughLibwbxml(bytes)))).toEqual(plain(decodeWbxml(pages, bytes)))
})

test('libwbxml agrees about any tree of the tags it knows', () => {
  const opaque = /:(Data|ConversationId|ConversationIndex|Mime|Content)$/
  const current = known.filter((name) => !missing.test(name) && !opaque.test(name))
  const words = fc.string({ unit: fc.constantFrom(...'abcXYZ019 -&<é漢😀'), minLength: 1 }).map((each) => `w${each}w`)
  fc.assert(
    fc.property(trees(current, fc.option(words, { nil: undefined })), (tree) => {
      const bytes = encodeWbxml(pages, tree)
      expect(plain(decodeWbxml(pages, throughLibwbxml(bytes)))).toEqual(plain(tree))
    }),
    { numRuns: 60 },
  )
})
