import type { Settings } from '../organization/organization-store.ts'

export interface Forwarding {
  readonly to: string
  /** DeliverToMailboxAndForward. */
  readonly alsoDelivers: boolean
}

const loopHeader = 'X-MS-Exchange-ForwardingLoop'

/** Set-Mailbox -ForwardingAddress, which goes before -ForwardingSmtpAddress. */
export function forwardingOf(settings: Settings): Forwarding | undefined {
  const to = settings.ForwardingAddress ?? settings.ForwardingSmtpAddress
  return typeof to === 'string' ? { to, alsoDelivers: settings.DeliverToMailboxAndForward === true } : undefined
}

/** Whether the mailbox forwarded this message before: it comes back, and stays. */
export function wasForwardedBy(mime: Buffer, address: string): boolean {
  const head =
    mime
      .subarray(0, 256 * 1024)
      .toString('latin1')
      .split(/\r?\n\r?\n/, 1)[0] ?? ''
  const written = [...head.matchAll(/^X-MS-Exchange-ForwardingLoop:[ \t]*(\S+)/gim)]
  return written.some(([, each]) => each?.toLowerCase() === address.toLowerCase())
}

export function markForwarded(mime: Buffer, address: string): Buffer {
  return Buffer.concat([Buffer.from(`${loopHeader}: ${address}\r\n`), mime])
}
