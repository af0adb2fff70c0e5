import type { CodePages } from './code-pages.ts'
import type { WbxmlElement } from './wbxml-element.ts'
import { WbxmlError } from './wbxml-error.ts'

/** What a document may cost, whoever sent it. */
export interface WbxmlLimits {
  readonly depth: number
  readonly elements: number
  /** Bytes of one string or opaque value. */
  readonly valueBytes: number
}

const usualLimits: WbxmlLimits = { depth: 64, elements: 500_000, valueBytes: 64 * 1024 * 1024 }

const switchPage = 0x00
const end = 0x01
const inlineString = 0x03
const opaque = 0xc3
const withAttributes = 0x80
const withContent = 0x40
const utf8 = 106

interface OpenElement {
  readonly name: string
  readonly children: WbxmlElement[]
  value: string | Uint8Array | undefined
}

/**
 * Reads one document of the subset that [MS-ASWBXML] 2.1 uses. Tags and pages that the vocabulary does not know become
 * names such as `254:0x10`, for the reader to skip.
 * @throws WbxmlError for anything that is not such a document, whole and within the limits.
 */
export function decodeWbxml(pages: CodePages, bytes: Uint8Array, limits: WbxmlLimits = usualLimits): WbxmlElement {
  return new Reader(pages, bytes, limits).document()
}

class Reader {
  readonly #names: CodePages['names']
  readonly #bytes: Buffer
  readonly #limits: WbxmlLimits
  readonly #open: OpenElement[] = []
  #offset = 0
  #page = 0
  #elements = 0

  constructor({ names }: CodePages, bytes: Uint8Array, limits: WbxmlLimits) {
    this.#names = names
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#limits = limits
  }

  document(): WbxmlElement {
    this.#header()
    const root = this.#root()
    if (this.#offset < this.#bytes.length) this.#fail('there is more after the root element')
    return root
  }

  #header(): void {
    const version = this.#byte()
    if (version < 0x01 || version > 0x03) this.#fail(`the version byte is ${version}`)
    if (this.#number() === 0) this.#fail('the public identifier is a string')
    if (this.#number() !== utf8) this.#fail('the charset is not UTF-8')
    if (this.#number() !== 0) this.#fail('there is a string table')
  }

  /** Without recursion: depth costs no stack. */
  #root(): WbxmlElement {
    let root: WbxmlElement | undefined
    while (!root) {
      const token = this.#byte()
      if (token === switchPage) this.#page = this.#byte()
      else if (token === end) root = this.#end()
      else if (token === inlineString || token === opaque) this.#value(token, this.#open.at(-1))
      else root = this.#start(token, this.#open.at(-1))
    }
    return root
  }

  /** The root, when it is the root that ends. */
  #end(): WbxmlElement | undefined {
    const ended = this.#open.pop()
    if (!ended) this.#fail('an element ends that never began')
    return this.#open.length === 0 ? ended : undefined
  }

  /** The root, when it is an empty tag. */
  #start(token: number, parent: OpenElement | undefined): WbxmlElement | undefined {
    const element = this.#element(token, parent)
    if (!(token & withContent)) return parent ? undefined : element
    this.#open.push(element)
    if (this.#open.length > this.#limits.depth) this.#fail('elements are nested too deeply')
    return undefined
  }

  #element(token: number, parent: OpenElement | undefined): OpenElement {
    const tag = token & 0x3f
    if (token & withAttributes || tag < 0x05) this.#fail(`token ${token} is not used here`)
    if (parent?.value !== undefined) this.#fail('text and elements are mixed')
    this.#elements += 1
    if (this.#elements > this.#limits.elements) this.#fail('there are too many elements')
    const name =
      this.#names[this.#page * 64 + tag] ?? `${this.#page}:0x${tag.toString(16).toUpperCase().padStart(2, '0')}`
    const element: OpenElement = { name, children: [], value: undefined }
    parent?.children.push(element)
    return element
  }

  #value(token: number, current: OpenElement | undefined): void {
    if (!current) this.#fail('text stands outside of elements')
    if (current.children.length > 0) this.#fail('text and elements are mixed')
    const value = token === opaque ? this.#opaque() : this.#string()
    if (current.value === undefined) current.value = value
    else if (typeof current.value === 'string' && typeof value === 'string') current.value += value
    else this.#fail('text and opaque data are mixed')
  }

  #string(): string {
    const stop = this.#bytes.indexOf(0, this.#offset)
    if (stop < 0) this.#fail('a string does not end')
    const start = this.#offset
    this.#take(stop - start + 1)
    return this.#bytes.toString('utf8', start, stop)
  }

  #opaque(): Uint8Array {
    const length = this.#number()
    const start = this.#offset
    this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  #take(length: number): void {
    if (length > this.#limits.valueBytes) this.#fail('a value is too long')
    if (this.#offset + length > this.#bytes.length) this.#fail('a value is cut off')
    this.#offset += length
  }

  /** mb_u_int32 of WBXML 1.3 §5.1. */
  #number(): number {
    let value = 0
    for (let count = 0; count < 5; count += 1) {
      const byte = this.#byte()
      value = value * 128 + (byte & 0x7f)
      if (byte < 0x80) return value
    }
    return this.#fail('a number is too long')
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset]
    if (byte === undefined) this.#fail('the document is cut off')
    this.#offset += 1
    return byte
  }

  #fail(problem: string): never {
    throw new WbxmlError(problem, this.#offset)
  }
}
