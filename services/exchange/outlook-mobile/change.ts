import { z } from 'zod'
import type { ItemKind } from './account-store.ts'

/** What a person did in the app, as it waits for the server on-premises. */
export type MobileChange =
  | { readonly kind: 'markMessage'; readonly item: ItemPlace; readonly read?: boolean; readonly flagged?: boolean }
  | { readonly kind: 'moveItem'; readonly item: ItemPlace; readonly destinationId: string }
  | { readonly kind: 'deleteItem'; readonly item: ItemPlace }
  | { readonly kind: 'sendMail'; readonly mime: string }
  | { readonly kind: 'createItem'; readonly collectionId: string; readonly itemKind: ItemKind; readonly facts: Facts }
  | { readonly kind: 'updateItem'; readonly item: ItemPlace; readonly facts: Facts }
  | { readonly kind: 'setAutomaticReplies'; readonly replies: AutomaticReplies }

export interface ItemPlace {
  readonly id: string
  readonly collectionId: string
  readonly itemKind: ItemKind
}

/** Elements of the item by their names without a page, as the cache has them. */
export type Facts = Readonly<Record<string, unknown>>

export interface AutomaticReplies {
  readonly status: 'disabled' | 'alwaysEnabled' | 'scheduled'
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly message?: string | undefined
}

const text = (longest: number) => z.string().max(longest)
const instant = z.iso.datetime()

export const markSchema = z
  .strictObject({ read: z.boolean().optional(), flagged: z.boolean().optional() })
  .refine(({ read, flagged }) => read !== undefined || flagged !== undefined, 'read or flagged is missing')

export const moveSchema = z.strictObject({ destinationId: text(64).min(1) })

export const mailSchema = z.strictObject({
  mime: z
    .base64()
    .min(1)
    .refine((value) => value.length <= 35 * 1024 * 1024, 'the message is too large'),
})

export const eventSchema = z.strictObject({
  Subject: text(255),
  StartTime: instant,
  EndTime: instant,
  Location: text(255).optional(),
  AllDayEvent: z.enum(['0', '1']).optional(),
  BusyStatus: z.enum(['0', '1', '2', '3']).optional(),
  Reminder: z.stringFormat('minutes', /^\d{1,6}$/).optional(),
  Body: text(32_768).optional(),
})

export const contactSchema = z.strictObject({
  FirstName: text(100).optional(),
  LastName: text(100).optional(),
  FileAs: text(255).optional(),
  CompanyName: text(100).optional(),
  JobTitle: text(100).optional(),
  Email1Address: text(255).optional(),
  MobilePhoneNumber: text(50).optional(),
  BusinessPhoneNumber: text(50).optional(),
  Body: text(32_768).optional(),
})

export const repliesSchema = z
  .strictObject({
    status: z.enum(['disabled', 'alwaysEnabled', 'scheduled']),
    start: instant.optional(),
    end: instant.optional(),
    message: text(16_384).optional(),
  })
  .refine(
    ({ status, start, end }) => status !== 'scheduled' || (start !== undefined && end !== undefined && start < end),
    'scheduled replies have a start before their end',
  )
