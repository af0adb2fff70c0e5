import type { FastifyRequest } from 'fastify'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { ExchangeParts } from '../parts.ts'
import type { BehaviourLedger } from './devices/behaviour-ledger.ts'
import type { Device, DeviceKey, DeviceStore } from './devices/device-store.ts'
import type { PolicyLimits } from './devices/policy-limits.ts'
import type { HeldRequests } from './held-requests.ts'
import type { CommandLine } from './http/command-line.ts'
import type { SharedReads } from './sync/shared-reads.ts'

export interface ActiveSyncParts extends ExchangeParts {
  readonly devices: DeviceStore
  readonly held: HeldRequests
  readonly sharedReads: SharedReads
  readonly ledger: BehaviourLedger
}

/** One command of one device, authenticated, allowed and decoded. */
export interface Call {
  readonly parts: ActiveSyncParts
  readonly request: FastifyRequest
  readonly user: Recipient
  readonly mailboxId: string
  readonly key: DeviceKey
  /** The partnership as it was when the request came. */
  readonly device: Device
  /** What of its policy the server sees to. */
  readonly limits: PolicyLimits
  readonly line: CommandLine
  readonly version: number
  /** Undefined for a request without a body. */
  readonly body: WbxmlElement | undefined
  /** What came, for commands that take mail. */
  readonly raw: Buffer
  readonly now: Date
}

export type CommandAnswer =
  | { readonly kind: 'document'; readonly root: WbxmlElement; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'empty' }
  /** `root` names the parts by their number, from 1. */
  | { readonly kind: 'multipart'; readonly root: WbxmlElement; readonly parts: readonly Buffer[] }
  | { readonly kind: 'content'; readonly contentType: string; readonly content: Buffer }

export interface Command {
  /** The code page of its elements. */
  readonly page: string
  readonly since?: number
  readonly until?: number
  /** Whether the device must have acknowledged its policy. */
  readonly provisioned: boolean
  /** Whether a device that is quarantined may ask for it. */
  readonly quarantined?: boolean
  readonly content: 'document' | 'documentOrNothing' | 'nothing' | 'mail'
  readonly run: (call: Call) => Promise<CommandAnswer>
}

export function document(root: WbxmlElement): CommandAnswer {
  return { kind: 'document', root }
}

export const nothing: CommandAnswer = { kind: 'empty' }
