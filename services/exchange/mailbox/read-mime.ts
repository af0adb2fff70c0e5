export interface ReadMessage {
  readonly subject: string
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly text?: string
  readonly html?: string
  readonly attachments: readonly ReadAttachment[]
}

export interface ReadAttachment {
  readonly name: string
  readonly contentType: string
  /** The Content-ID by which the HTML body shows it, without angle brackets. */
  readonly contentId?: string
  readonly content: Buffer
}

interface Mailbox {
  readonly name?: string | undefined
  readonly address?: string | undefined
  readonly group?: readonly Mailbox[] | undefined
}

/** The parts of a MIME text that a reader sees. */
export async function readMime(mime: Buffer): Promise<ReadMessage> {
  const { default: PostalMime } = await import('postal-mime')
  const mail = await PostalMime.parse(mime)
  return {
    subject: mail.subject ?? '',
    from: mail.from ? written(mail.from) : '',
    to: (mail.to ?? []).map(written),
    cc: (mail.cc ?? []).map(written),
    ...(mail.text !== undefined && { text: mail.text }),
    ...(mail.html !== undefined && { html: mail.html }),
    attachments: mail.attachments.map((each, index) => ({
      name: each.filename ?? `attachment-${index + 1}`,
      contentType: each.mimeType,
      ...(each.contentId && { contentId: each.contentId.replace(/^<|>$/g, '') }),
      content: bytesOf(each.content),
    })),
  }
}

function written({ name, address, group }: Mailbox): string {
  if (group) return `${name ?? ''}: ${group.map(written).join('; ')}`
  return name && name !== address ? `${name} <${address ?? ''}>` : (address ?? '')
}

function bytesOf(content: string | ArrayBuffer | Uint8Array): Buffer {
  if (typeof content === 'string') return Buffer.from(content)
  return content instanceof Uint8Array ? Buffer.from(content) : Buffer.from(new Uint8Array(content))
}
