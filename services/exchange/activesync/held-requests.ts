import type { EventEmitter } from 'node:events'
import type { DeviceKey } from './devices/device-store.ts'

/** A device has one request that waits: a newer one ends it ([MS-ASCMD] 3.1.5.8). */
export class HeldRequests {
  readonly #held = new Map<string, AbortController>()

  /** Ends what the device had waiting; to be called before anything that the device's state depends on. */
  end({ mailboxId, deviceId }: DeviceKey): void {
    this.#held.get(`${mailboxId}/${deviceId}`)?.abort()
  }

  hold({ mailboxId, deviceId }: DeviceKey): Disposable & { readonly signal: AbortSignal } {
    const name = `${mailboxId}/${deviceId}`
    this.end({ mailboxId, deviceId })
    const controller = new AbortController()
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

/** Aborts when the connection of a request goes; the listener goes with the wait, for connections live on. */
export function connectionLoss(
  socket: Pick<EventEmitter, 'once' | 'off'>,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const lost = () => controller.abort()
  socket.once('close', lost)
  return { signal: controller.signal, [Symbol.dispose]: () => void socket.off('close', lost) }
}
