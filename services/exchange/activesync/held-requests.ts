import type { EventEmitter } from 'node:events'
import type { Notices } from '#shared/store/store.ts'
import type { DeviceKey } from './devices/device-store.ts'

const topic = 'held-request'

/** A device has one request that waits, on whatever server: a newer one ends it ([MS-ASCMD] 3.1.5.8). */
export class HeldRequests {
  readonly #held = new Map<string, AbortController>()
  readonly #notices: Notices

  constructor(notices: Notices) {
    this.#notices = notices
    notices.listen(topic, (name) => name !== undefined && this.#held.get(name)?.abort(), { from: 'others' })
  }

  /** Ends what the device has waiting here; to be called before anything that the device's state depends on. */
  end(key: DeviceKey): void {
    this.#held.get(nameOf(key))?.abort()
  }

  /** Ends what the device has waiting on any server. */
  async endEverywhere(key: DeviceKey): Promise<void> {
    this.end(key)
    await this.#notices.tell(topic, nameOf(key))
  }

  async hold(key: DeviceKey): Promise<Disposable & { readonly signal: AbortSignal }> {
    const name = nameOf(key)
    await this.endEverywhere(key)
    const controller = new AbortController()
    this.end(key)
    this.#held.set(name, controller)
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => {
        if (this.#held.get(name) === controller) this.#held.delete(name)
      },
    }
  }

  endAll(): void {
    for (const controller of this.#held.values()) controller.abort()
  }
}

function nameOf({ mailboxId, deviceId }: DeviceKey): string {
  return `${mailboxId}/${deviceId}`
}

/** Aborts when the connection of a request goes; the listener goes with the wait, for connections live on. */
export function connectionLoss(
  socket: Pick<EventEmitter, 'once' | 'off'>,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const lost = () => controller.abort()
  socket.once('close', lost)
  return { signal: controller.signal, [Symbol.dispose]: () => void socket.off('close', lost) }
}
