import type { Socket } from 'node:net'

export type Reading<Value> = 'more' | { readonly value: Value; readonly used: number }

interface FirstBytesOptions<Value> {
  /** Called with everything that has arrived so far; throws to give up. */
  readonly read: (bytes: Buffer) => Reading<Value>
  readonly timeoutMs: number
}

/**
 * Reads what a peer says first and puts back what is not `used`, so that another server can take the socket over.
 * Rejects, with the socket destroyed, when `read` throws, the peer leaves, or time runs out.
 */
export function readFirstBytes<Value>(socket: Socket, { read, timeoutMs }: FirstBytesOptions<Value>): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>()
  let seen: Buffer = Buffer.alloc(0)
  const fail = (error: unknown) => {
    stop()
    socket.destroy()
    reject(error instanceof Error ? error : new Error(String(error)))
  }
  const onReadable = () => {
    try {
      seen = Buffer.concat([seen, ...available(socket)])
      const reading = read(seen)
      if (reading === 'more') return
      stop()
      if (seen.length > reading.used) socket.unshift(seen.subarray(reading.used))
      resolve(reading.value)
    } catch (error) {
      fail(error)
    }
  }
  const onEnd = () => fail(new Error('the peer left before it said who it is'))
  const timer = setTimeout(() => fail(new Error(`nothing usable in ${timeoutMs} ms`)), timeoutMs)
  const stop = () => {
    clearTimeout(timer)
    socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', fail)
  }
  socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', fail)
  return promise
}

function available(socket: Socket): Buffer[] {
  const chunks: Buffer[] = []
  for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) chunks.push(chunk as Buffer)
  return chunks
}
