import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'

/** The server at the other end was found to answer nothing any more. */
export class ServerGone extends Error {
  readonly code = 'EHOSTDOWN'

  constructor() {
    super('the server does not answer any more')
    this.name = 'ServerGone'
  }
}

/** Tells the connections of one server that it is gone; there may be thousands. */
export function departure(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Ends a connection when its server is gone, so that nobody waits at it. */
export function endWithServer(socket: Socket, gone: AbortSignal | undefined): void {
  if (!gone || gone.aborted) return
  const end = () => {
    socket.destroy(new ServerGone())
  }
  gone.addEventListener('abort', end, { once: true })
  socket.once('close', () => gone.removeEventListener('abort', end))
}
