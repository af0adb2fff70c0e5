import { createHash } from 'node:crypto'
import type { Clock } from '#shared/clock.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'

/** Servers that did not hear that a message was taken send it again; a mailbox has it once ("Duplicate detection"). */
export interface DeliveredOnce {
  /** In the transaction that delivers. Messages without a Message-ID cannot be recognised. */
  isFirst(mailboxId: string, mime: Buffer): Promise<boolean>
}

const kind = 'delivered'
const rememberedMs = 60 * 60 * 1000

export function deliveredOnce(singleUse: SingleUseStore, clock: Clock): DeliveredOnce {
  let willSweep = false
  const sweepLater = () => {
    if (willSweep) return
    willSweep = true
    clock.at(new Date(clock.now().getTime() + 2 * rememberedMs), async () => {
      willSweep = false
      await singleUse.sweep(clock.now())
    })
  }
  return {
    async isFirst(mailboxId, mime) {
      const head = headOf(mime)
      const id = /^message-id:\s*(<[^>]*>)/im.exec(head)?.[1]
      if (id === undefined) return true
      sweepLater()
      const date = /^date:(.*)$/im.exec(head)?.[1]?.trim() ?? ''
      const name = createHash('sha256').update(`${mailboxId}\n${id}\n${date}`).digest('base64url')
      return singleUse.claim(kind, name, new Date(clock.now().getTime() + rememberedMs))
    },
  }
}

function headOf(mime: Buffer): string {
  const text = mime.subarray(0, 256 * 1024).toString('latin1')
  return text.split(/\r?\n\r?\n/, 1)[0] ?? ''
}
