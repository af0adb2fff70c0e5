import type { JournalEvent } from '#shared/journal.ts'
import type { World } from './world.ts'

export interface MfaView {
  readonly methods: readonly { readonly type: string; readonly isDefault: boolean }[]
  readonly totp: { readonly code: string; readonly secondsLeft: number } | null
  readonly pushes: readonly { readonly id: string; readonly number: number | null; readonly state: string }[]
  readonly sms: readonly { readonly code: string | null; readonly text: string }[]
}

/** The lab's JSON API, as a test steers the world with it. */
export interface Lab {
  mfa(upn: string): Promise<MfaView>
  totpCode(upn: string): Promise<string>
  approvePush(upn: string, number?: number): Promise<number>
  denyPush(upn: string): Promise<number>
  journal(query?: Readonly<Record<string, string>>): Promise<readonly (JournalEvent & { readonly flowId: string })[]>
  clock(change: Readonly<Record<string, unknown>>): Promise<Date>
  reset(): Promise<void>
  /** The message with that subject, as soon as it is in the inbox. */
  arrival(place: string, upn: string, subject: string): Promise<{ readonly id: string; readonly subject: string }>
  call(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }>
}

export function labOf(world: World): Lab {
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${world.gateways.internet}${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) }
  }
  const mfa = async (upn: string) => (await expectOk(call('GET', `/api/mfa/${upn}`))) as MfaView
  return {
    call,
    mfa,
    totpCode: async (upn) => {
      const { totp } = await mfa(upn)
      if (!totp) throw new Error(`${upn} has no TOTP method`)
      return totp.code
    },
    approvePush: async (upn, number) =>
      (await call('POST', `/api/mfa/${upn}/approve`, number === undefined ? {} : { number })).status,
    denyPush: async (upn) => (await call('POST', `/api/mfa/${upn}/deny`, {})).status,
    journal: async (query = {}) => {
      const answer = (await expectOk(call('GET', `/api/journal?${new URLSearchParams(query)}`))) as { events: never }
      return answer.events
    },
    clock: async (change) => new Date(((await expectOk(call('POST', '/api/clock', change))) as { now: string }).now),
    arrival: async (place, upn, subject) => {
      const query = new URLSearchParams({ subject, timeoutMs: '60000' })
      const wait = () => call('GET', `/api/exchange/${place}/mailboxes/${upn}/wait?${query}`)
      let answer = await wait()
      // The longest wait that there is, again for as long as a busy machine may take.
      for (let minutes = 1; answer.status === 502 && minutes < 8; minutes += 1) answer = await wait()
      return ((await expectOk(Promise.resolve(answer))) as { message: { id: string; subject: string } }).message
    },
    reset: async () => void (await expectOk(call('POST', '/api/reset'))),
  }
}

async function expectOk(answer: Promise<{ status: number; json: unknown }>): Promise<unknown> {
  const { status, json } = await answer
  if (status !== 200) throw new Error(`the lab answered ${status}: ${JSON.stringify(json)}`)
  return json
}
