import type { MailAddress, MessageProperties, Sensitivity } from './item-properties.ts'

/** How private the sender wants a message to be, and which receipts: it travels in its head. */
export type MessageWishes = Pick<MessageProperties, 'sensitivity' | 'readReceipt' | 'deliveryReceipt'>

/** RFC 2156 §5.3.6 */
const written: Readonly<Record<Exclude<Sensitivity, 'normal'>, string>> = {
  personal: 'Personal',
  private: 'Private',
  confidential: 'Company-Confidential',
}

/** By lower-case name; the receipts as [MS-OXCMAIL] 2.2.3.2.19 and 2.2.3.2.20 map them. */
export function readWishes(headers: ReadonlyMap<string, string>): MessageWishes {
  const said = headers.get('sensitivity')?.trim().toLowerCase()
  const found = Object.entries(written).find(([, each]) => each.toLowerCase() === said)?.[0]
  return {
    ...(found && { sensitivity: found as Sensitivity }),
    ...(headers.has('disposition-notification-to') && { readReceipt: true }),
    ...(headers.has('return-receipt-to') && { deliveryReceipt: true }),
  }
}

/** The headers of a new message; receipts go to `from`. */
export function wishHeaders(wishes: MessageWishes, from: MailAddress): Readonly<Record<string, string>> {
  const { sensitivity = 'normal', readReceipt, deliveryReceipt } = wishes
  const to = `<${from.address}>`
  return {
    ...(sensitivity !== 'normal' && { Sensitivity: written[sensitivity] }),
    ...(readReceipt && { 'Disposition-Notification-To': to }),
    ...(deliveryReceipt && { 'Return-Receipt-To': to }),
  }
}
