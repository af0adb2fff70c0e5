import type { FastifyInstance } from 'fastify'
import type { Log } from '../log.ts'
import type { Greet } from './connection-faults.ts'
import type { Deployment, LateDeployment } from './deployment.ts'
import { eitherWay, overTls } from './doors.ts'
import type { Receive } from './pass-through.ts'

/** Hands connections to the application of a deployment; a late one is loaded by whoever connects first. */
export interface ApplicationDoor {
  readonly receive: Receive
  close(): Promise<unknown>
}

interface ApplicationDoorOptions {
  readonly plainHttp: boolean | undefined
  readonly log: Log
  /** What faults do to connections before the application has them. */
  readonly greeting: Greet
}

export async function applicationDoor(
  application: (Deployment | LateDeployment)['app'],
  { plainHttp, log, greeting }: ApplicationDoorOptions,
): Promise<ApplicationDoor> {
  const receiver = (app: FastifyInstance) => greeting(plainHttp ? eitherWay(app) : overTls(app), app)
  if (typeof application !== 'function') {
    await application.ready()
    return { receive: receiver(application), close: () => application.close() }
  }
  let opening: Promise<{ readonly app: FastifyInstance; readonly receive: Receive }> | undefined
  const open = async () => {
    const app = await application()
    await app.ready()
    return { app, receive: receiver(app) }
  }
  return {
    receive: (socket, source) => {
      opening ??= open()
      opening.then(
        ({ receive }) => receive(socket, source),
        (err) => {
          log.error({ err }, 'the application does not load')
          socket.destroy()
        },
      )
    },
    close: async () =>
      opening?.then(
        ({ app }) => app.close(),
        () => {},
      ),
  }
}
