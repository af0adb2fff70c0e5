import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { textOfHtml } from '../../mailbox/body-text.ts'
import { child, numberOf, textOf } from '../elements.ts'

/** The body that a client wrote; undefined when it left it as it is. */
export async function readBody(
  data: WbxmlElement,
): Promise<{ readonly text?: string; readonly html?: string } | undefined> {
  const body = child(data, 'AirSyncBase:Body')
  const written = textOf(body, 'AirSyncBase:Data')
  if (!body || (written === undefined && body.children.length === 0)) return body && { text: '' }
  if (numberOf(body, 'AirSyncBase:Type') === 2) return { html: written ?? '', text: await textOfHtml(written ?? '') }
  return { text: written ?? '' }
}
