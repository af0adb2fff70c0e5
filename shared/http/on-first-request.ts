import type { RouteHandlerMethod } from 'fastify'

type Handlers<Name extends string> = Readonly<Record<Name, RouteHandlerMethod>>

/** Handlers whose code is loaded by the first request for one of them: a start waits for nothing that nobody asks. */
export function onFirstRequest<Name extends string>(
  load: () => Promise<Handlers<Name>>,
): (name: Name) => RouteHandlerMethod {
  let loading: Promise<Handlers<Name>> | undefined
  return (name) =>
    async function (request, reply) {
      loading ??= load()
      const { [name]: handler } = await loading
      return handler.call(this, request, reply)
    }
}
