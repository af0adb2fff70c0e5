import type { Socket } from 'node:net'

/** Every socket of a gateway, so that stopping it does not wait for tunnels. */
export class OpenSockets {
  readonly #sockets = new Set<Socket>()

  add(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}
