import { type XmlPart, xml } from '#shared/xml/markup.ts'
import { t } from '../elements.ts'
import type { ItemView } from './item-view.ts'

/** `item:InternetMessageHeaders`, and one of them: `item:InternetMessageHeader:Subject`. */
export const allHeaders = 'item:InternetMessageHeaders'
export const oneHeader = 'item:InternetMessageHeader:'

/** Whether a shape wants headers, which only a single item shows. */
export function wantsHeaders({ base, fields }: ItemView['shape']): boolean {
  return base === 'AllProperties' || fields.has(allHeaders) || [...fields].some((each) => each.startsWith(oneHeader))
}

/** [MS-OXWSCDATA] 2.2.4.39: as they came, unfolded, in their order. */
export function headersElement({ head, shape: { base, fields } }: ItemView): XmlPart {
  if (head === undefined) return undefined
  const isWhole = base === 'AllProperties' || fields.has(allHeaders)
  const asked = new Set([...fields].map((each) => each.toLowerCase()))
  const wanted = headersIn(head).filter(([name]) => isWhole || asked.has(`${oneHeader}${name}`.toLowerCase()))
  if (wanted.length === 0) return undefined
  return t(
    'InternetMessageHeaders',
    wanted.map(
      ([name, value]) => xml`<t:InternetMessageHeader HeaderName="${name}">${value}</t:InternetMessageHeader>`,
    ),
  )
}

function headersIn(head: Buffer): readonly (readonly [name: string, value: string])[] {
  const lines = textOfHead(head)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
  return lines.flatMap((line) => {
    const [, name, value = ''] = /^([!-9;-~]{1,256}):[ \t]*(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name, value] as const]
  })
}

/** Up to the empty line; bytes that are no UTF-8 and characters that XML cannot carry show as replaced. */
function textOfHead(mime: Buffer): string {
  const text = mime.subarray(0, 256 * 1024).toString('utf8')
  const [head = ''] = text.split(/\r?\n\r?\n/, 1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it replaces
  return head.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
}
