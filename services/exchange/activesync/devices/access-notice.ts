import type { Recipient } from '../../mailbox/mailbox-store.ts'
import type { Settings } from '../../organization/organization-store.ts'
import type { ActiveSyncParts } from '../call.ts'
import type { Device } from './device-store.ts'

/** Why a device does not get what it asks for, or that it is wiped, in the mail that its owner reads about it. */
export type NoticeKind = 'quarantined' | 'blocked' | 'tooManyDevices' | 'wiped'

const subjects: Readonly<Record<NoticeKind, string>> = {
  quarantined: 'Your mobile device has to wait until an administrator lets it synchronize',
  blocked: 'Your mobile device is not allowed to synchronize with this mailbox',
  tooManyDevices: 'Your mobile device was refused: the mailbox has as many devices as it may have',
  wiped: 'Your mobile device is wiped',
}

export interface NoticeFacts {
  readonly user: Recipient
  readonly device: Pick<Device, 'deviceId' | 'deviceType' | 'userAgent' | 'information' | 'accessReason'>
  readonly organization: Settings
  readonly now: Date
  /** Who is to know besides (`NotificationEmailAddresses` of Clear-MobileDevice). */
  readonly alsoTo?: readonly string[]
}

/**
 * Puts the notice into the owner's Inbox, where a device that is quarantined sees it and nothing else; administrators
 * who want to know of quarantined devices get one as well (`AdminMailRecipients`).
 * @returns The notice's item.
 */
export async function deliverNotice(parts: ActiveSyncParts, kind: NoticeKind, facts: NoticeFacts): Promise<string> {
  const { user, organization, now, alsoTo = [] } = facts
  const inbox = await parts.mailboxes.wellKnownFolder(user.mailboxId ?? '', 'inbox')
  const mime = await noticeTo(parts, user.emailAddress, kind, facts)
  const administrators = kind === 'quarantined' ? textsOf(organization.AdminMailRecipients) : []
  for (const address of [...administrators, ...alsoTo])
    await parts.transport.submit({ from: '', to: [address] }, await noticeTo(parts, address, kind, facts))
  const delivered = await parts.mailboxes.deliver(user.mailboxId ?? '', { folderId: inbox.id, mime, receivedAt: now })
  return delivered.id
}

async function noticeTo(
  { context, config }: ActiveSyncParts,
  to: string,
  kind: NoticeKind,
  { user, device, organization, now }: NoticeFacts,
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const domain = user.emailAddress.split('@')[1]
  const insert = organization.UserMailInsert
  const composer = new MailComposer({
    from: { name: 'Microsoft Exchange', address: `MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@${domain}` },
    to,
    subject: subjects[kind],
    date: now,
    messageId: `<${context.random.uuid()}@${config.servers[0] ?? domain}>`,
    text: [
      `${subjects[kind]}.`,
      ...(typeof insert === 'string' && insert !== '' ? ['', insert] : []),
      '',
      ...factLines(user, device),
    ].join('\r\n'),
    newline: '\r\n',
    headers: { 'auto-submitted': 'auto-generated' },
  })
  return composer.compile().build()
}

function factLines(
  user: Recipient,
  { deviceId, deviceType, userAgent, information, accessReason }: NoticeFacts['device'],
) {
  const facts = {
    User: user.displayName,
    'Device model': information.Model,
    'Device type': deviceType,
    'Device ID': deviceId,
    'Device OS': information.OS,
    'Device user agent': userAgent,
    'Access state reason': accessReason,
  }
  return Object.entries(facts).flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
}

function textsOf(value: Settings[string] | undefined): readonly string[] {
  return Array.isArray(value) ? value : []
}

/** Of the settings of a recipient: whom to tell when this device of theirs is wiped. */
export function wipeNotification(deviceId: string): string {
  return `WipeNotification.${deviceId}`
}

/** Tells the owner, and whoever the order named, once. */
export async function tellOfWipe(
  parts: ActiveSyncParts,
  facts: Pick<NoticeFacts, 'user' | 'device' | 'now'>,
): Promise<void> {
  const { objectGuid } = facts.user
  const setting = wipeNotification(facts.device.deviceId)
  const alsoTo = textsOf((await parts.organization.recipientSettings(objectGuid))[setting])
  const organization = await parts.organization.settings()
  await deliverNotice(parts, 'wiped', { ...facts, organization, alsoTo })
  if (alsoTo.length > 0) await parts.organization.changeRecipientSettings(objectGuid, { [setting]: null })
}
