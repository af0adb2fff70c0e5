import type { WbxmlElement } from './wbxml-element.ts'

/** Reading and writing the elements of commands; an empty tag is an empty text, and TRUE where a boolean is meant. */
export function child(parent: WbxmlElement | undefined, name: string): WbxmlElement | undefined {
  return parent?.children.find((each) => each.name === name)
}

export function all(parent: WbxmlElement | undefined, name: string): readonly WbxmlElement[] {
  return parent?.children.filter((each) => each.name === name) ?? []
}

/** The text of a child; undefined without it. */
export function textOf(parent: WbxmlElement | undefined, name: string): string | undefined {
  const found = child(parent, name)
  return found && valueText(found)
}

export function valueText({ value }: WbxmlElement): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : Buffer.from(value).toString('utf8')
}

/** The bytes of a child: opaque data, or a text that stands for it. */
export function bytesOf(parent: WbxmlElement | undefined, name: string): Buffer | undefined {
  const value = child(parent, name)?.value
  return value === undefined ? undefined : Buffer.from(value as string)
}

/** [MS-ASDTYPE] 2.1: an empty tag is true. */
export function flagOf(parent: WbxmlElement | undefined, name: string): boolean | undefined {
  const text = textOf(parent, name)
  return text === undefined ? undefined : text !== '0' && text.toLowerCase() !== 'false'
}

/** A whole number; undefined without the child, NaN for what is none. */
export function numberOf(parent: WbxmlElement | undefined, name: string): number | undefined {
  const text = textOf(parent, name)
  if (text === undefined) return undefined
  return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
}

type Content = WbxmlElement | false | undefined | null

/** An element with children; what is missing is left out. */
export function element(name: string, ...children: readonly (Content | readonly Content[])[]): WbxmlElement {
  const present = children.flat().filter((each): each is WbxmlElement => Boolean(each))
  return { name, children: present, value: undefined }
}

export function text(name: string, value: string | number | boolean): WbxmlElement {
  const written = typeof value === 'boolean' ? String(Number(value)) : String(value)
  return { name, children: [], value: written === '' ? undefined : written }
}

export function opaque(name: string, value: Uint8Array): WbxmlElement {
  return { name, children: [], value }
}

export function empty(name: string): WbxmlElement {
  return { name, children: [], value: undefined }
}

/** Nothing for a missing or empty text. */
export function optional(name: string, value: string | number | boolean | undefined): WbxmlElement | undefined {
  return value === undefined || value === '' ? undefined : text(name, value)
}
