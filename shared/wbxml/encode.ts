import type { CodePages } from './code-pages.ts'
import type { WbxmlElement } from './wbxml-element.ts'

/** Version 1.3, unknown public identifier, UTF-8, no string table: clients compare these four bytes. */
const header = [0x03, 0x01, 0x6a, 0x00]

const end = 0x01
const inlineString = 0x03
const opaque = 0xc3
const withContent = 0x40

/** Up to this length a loop is faster than a call into the platform. */
const shortText = 24

// A string cannot hold NUL, and XML 1.0 §2.2 knows none of the other control characters.
const notInXml = new RegExp(`[${span(0, 8)}${span(11, 12)}${span(14, 31)}${span(0xfffe, 0xffff)}]`, 'g')

function span(first: number, last: number): string {
  return `${String.fromCharCode(first)}-${String.fromCharCode(last)}`
}

/** Writes a document; an element without children and without value is an empty tag. */
export function encodeWbxml(pages: CodePages, root: WbxmlElement): Buffer {
  const writer = new Writer(pages)
  for (const byte of header) writer.byte(byte)
  writer.element(root)
  return writer.written()
}

class Writer {
  readonly #tokens: CodePages['tokens']
  #buffer = Buffer.allocUnsafe(1024)
  #length = 0
  #page = 0

  constructor({ tokens }: CodePages) {
    this.#tokens = tokens
  }

  written(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  element({ name, children, value }: WbxmlElement): void {
    const index = this.#tokens.get(name)
    if (index === undefined) throw new TypeError(`there is no WBXML tag "${name}"`)
    this.#reserve(3)
    this.#switchTo(index >> 6)
    const isEmpty = value === undefined && children.length === 0
    this.#buffer[this.#length++] = (index & 0x3f) | (isEmpty ? 0 : withContent)
    if (isEmpty) return
    if (value !== undefined) this.#value(value)
    for (const child of children) this.element(child)
    this.byte(end)
  }

  byte(byte: number): void {
    this.#reserve(1)
    this.#buffer[this.#length++] = byte
  }

  #switchTo(page: number): void {
    if (page === this.#page) return
    this.#buffer[this.#length++] = 0x00
    this.#buffer[this.#length++] = page
    this.#page = page
  }

  #value(value: string | Uint8Array): void {
    if (typeof value !== 'string') this.#opaque(value)
    else if (value.length > shortText || !this.#shortString(value)) this.#string(value)
  }

  /** False, and nothing is written, when it takes more than a copy. */
  #shortString(text: string): boolean {
    this.#reserve(shortText + 2)
    const buffer = this.#buffer
    let at = this.#length
    buffer[at++] = inlineString
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code < 0x20 || code > 0x7e) return false
      buffer[at++] = code
    }
    buffer[at++] = 0
    this.#length = at
    return true
  }

  #string(text: string): void {
    const clean = text.replace(notInXml, '')
    this.#reserve(clean.length * 3 + 2)
    this.#buffer[this.#length++] = inlineString
    this.#length += this.#buffer.write(clean, this.#length)
    this.#buffer[this.#length++] = 0
  }

  #opaque(bytes: Uint8Array): void {
    this.#reserve(bytes.length + 6)
    this.#buffer[this.#length++] = opaque
    this.#number(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #number(value: number): void {
    let shift = 28
    while (shift > 0 && value >>> shift === 0) shift -= 7
    for (; shift > 0; shift -= 7) this.#buffer[this.#length++] = ((value >>> shift) & 0x7f) | 0x80
    this.#buffer[this.#length++] = value & 0x7f
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
