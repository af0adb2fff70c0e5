import type { Element } from '@xmldom/xmldom'
import { type Xml, xml } from '#shared/xml/markup.ts'
import type { Operation } from '../call.ts'
import { attribute, child, children } from '../elements.ts'
import { isWrittenId } from '../ids.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

interface Spelling {
  /** Of an EwsId. */
  readonly write: (id: string) => string
  readonly read: (id: string) => string
}

const bytesOf = (id: string) => Buffer.from(id, 'base64')

/** Other spellings of the same bytes; what the product's formats hold is its own. */
const spellings: Readonly<Record<string, Spelling>> = {
  EwsId: { write: (id) => id, read: (id) => id },
  EwsLegacyId: { write: (id) => id, read: (id) => id },
  EntryId: { write: (id) => id, read: (id) => id },
  StoreId: { write: (id) => id, read: (id) => id },
  HexEntryId: {
    write: (id) => bytesOf(id).toString('hex').toUpperCase(),
    read: (id) => Buffer.from(id, 'hex').toString('base64'),
  },
  OwaId: { write: (id) => encodeURIComponent(id), read: decoded },
}

/** [MS-OXWSCVTID] 3.1.4.1. */
export const convertId: Operation = (call) => {
  const format = attribute(call.body, 'DestinationFormat') ?? ''
  const target = Object.hasOwn(spellings, format) ? spellings[format] : undefined
  if (!target) throw new WebServicesError('ErrorSchemaValidation', `DestinationFormat "${format}" is none`)
  const asked = children(child(call.body, 'SourceIds'))
  return responseMessages(call, 'ConvertId', asked, async (source) =>
    converted(source, format, target, call.owner.emailAddress),
  )
}

/** `mailbox` is whose it is: what the request says of it is not believed, and some clients learn their address here. */
function converted(source: Element, format: string, target: Spelling, mailbox: string): Xml {
  const from = attribute(source, 'Format') ?? ''
  const spelling = Object.hasOwn(spellings, from) ? spellings[from] : undefined
  const id = spelling?.read(attribute(source, 'Id') ?? '') ?? ''
  if (source.localName !== 'AlternateId' || !isWrittenId(id))
    throw new WebServicesError('ErrorInvalidIdMalformed', `"${attribute(source, 'Id')}" is no ${from}`)
  return xml`<m:AlternateId xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="t:AlternateIdType" Format="${format}" Id="${target.write(id)}" Mailbox="${mailbox}"/>`
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return ''
  }
}
