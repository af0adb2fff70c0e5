import type { Element } from '@xmldom/xmldom'
import type { FastifyRequest } from 'fastify'
import type { XmlPart } from '#shared/xml/markup.ts'
import type { FolderAccess } from '../folder-permissions/folder-access.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { ExchangeParts } from '../parts.ts'
import type { Submitting } from '../transport/submit-mail.ts'
import type { OpenStreams } from './notifications/open-streams.ts'
import type { SubscriptionStore } from './notifications/subscription-store.ts'
import type { RequestZone } from './zones.ts'

export interface WebServicesParts extends ExchangeParts {
  readonly subscriptions: SubscriptionStore
  readonly streams: OpenStreams
}

/** One operation on one mailbox. */
export interface Call {
  /** `submittedBy` is the user, in whosoever's name mail goes out. */
  readonly parts: WebServicesParts & Required<Pick<Submitting, 'submittedBy'>>
  readonly request: FastifyRequest
  /** Who signed in, or who is impersonated. */
  readonly user: Recipient
  /** Whose mailbox it is: the user's, or another's that they may open. */
  readonly owner: Recipient
  readonly mailboxId: string
  /** What the user may do where they have rights on single folders only; absent: everything. */
  readonly access?: FolderAccess | undefined
  /** The element of the operation, such as `m:GetItem`. */
  readonly body: Element
  readonly now: Date
  /** Of moments that say none; absent: UTC. */
  readonly zone: RequestZone
}

/** The content of `m:<Operation>Response`. */
export type Operation = (call: Call) => Promise<XmlPart>
