import { ProxyAgent, request } from 'undici'
import type { Zone } from '#shared/stack/deployment.ts'
import type { WayIn } from './world.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface RawRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'OPTIONS' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One request as a client of `zone` makes it: through the gateway's proxy, redirects not followed. */
export async function requestThrough(stack: WayIn, zone: Zone, url: string, options: RawRequest = {}): Promise<Answer> {
  const dispatcher = new ProxyAgent({ uri: stack.proxy(zone), requestTls: { ca: stack.authority.caPem } })
  try {
    const { statusCode, headers, body } = await request(url, { dispatcher, method: 'GET', ...options } as never)
    return { status: statusCode, headers, text: await body.text() }
  } finally {
    await dispatcher.close()
  }
}
