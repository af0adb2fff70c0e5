import type { JournalEvent } from '#shared/journal.ts'

/** The lab of a running stack, for programs: its JSON API (`GET /api/openapi.json`) with types for the usual steps. */
export class LabClient {
  readonly #base: string
  readonly clock: LabClock
  readonly snapshots: LabSnapshots

  /** @param base where a gateway answers, such as `http://127.0.0.1:8080` */
  constructor(base: string) {
    this.#base = new URL(base).origin
    this.clock = {
      read: async () => new Date((await this.call<{ now: string }>('GET', '/api/clock')).now),
      change: async (change) => new Date((await this.call<{ now: string }>('POST', '/api/clock', change)).now),
    }
    this.snapshots = {
      take: async (name) => void (await this.call('PUT', `/api/snapshots/${encodeURIComponent(name)}`)),
      restore: async (name) => void (await this.call('POST', `/api/snapshots/${encodeURIComponent(name)}/restore`)),
      drop: async (name) => void (await this.call('DELETE', `/api/snapshots/${encodeURIComponent(name)}`)),
    }
  }

  /**
   * Any operation of the API.
   * @throws LabRefusal when the answer is no success
   */
  async call<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(new URL(path, this.#base), {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await response.text()
    const answer: unknown = text === '' ? undefined : JSON.parse(text)
    if (response.ok) return answer as Answer
    throw new LabRefusal(`${method} ${path}`, response.status, answer)
  }

  /** Back to the scenario's state, everywhere. */
  async reset(): Promise<void> {
    await this.call('POST', '/api/reset')
  }

  /** Somebody's second factors. */
  mfa(user: string): LabPhone {
    const path = `/api/mfa/${encodeURIComponent(user)}`
    return {
      read: () => this.call('GET', path),
      approve: async (number) =>
        void (await this.call('POST', `${path}/approve`, number === undefined ? {} : { number })),
      deny: async () => void (await this.call('POST', `${path}/deny`, {})),
      code: async () => {
        const { totp } = await this.call<PhoneView>('GET', path)
        if (totp) return totp.code
        throw new Error(`${user} has no authenticator app`)
      },
      answerCall: async (press) => void (await this.call('POST', `${path}/answer-call`, { press })),
      behave: async (behaviour) => void (await this.call('PUT', `${path}/behaviour`, behaviour)),
      createPasskey: (name) => this.call('POST', `${path}/passkeys`, name === undefined ? {} : { name }),
      passkeys: async () => {
        const { passkeys } = await this.call<PasskeyList>('GET', `${path}/passkeys`)
        const held = passkeys.filter(({ onPhone }) => onPhone)
        return Promise.all(held.map(({ id }) => this.call<HeldPasskey>('GET', `${path}/passkeys/${id}`)))
      },
      keepPasskey: async (passkey) => void (await this.call('PUT', `${path}/passkeys`, passkey)),
    }
  }

  /** What happened, oldest first. */
  async journal(filter: JournalFilter = {}): Promise<readonly JournalEntry[]> {
    const query = queryOf(filter)
    return (await this.call<{ events: readonly JournalEntry[] }>('GET', `/api/journal?${query}`)).events
  }

  /** Waits for a message of which `match` is true of; the newest that does. */
  async waitForMail({ place, user, ...match }: MailWait): Promise<MailSummary> {
    const path = `/api/exchange/${place}/mailboxes/${encodeURIComponent(user)}/wait?${queryOf(match)}`
    return (await this.call<{ message: MailSummary }>('GET', path)).message
  }
}

function queryOf(values: object): URLSearchParams {
  return new URLSearchParams(Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]))
}

export interface LabClock {
  read(): Promise<Date>
  change(change: ClockChange): Promise<Date>
}

/** At least one member. `now` is applied before `advance`, `advance` before `freeze`. */
export interface ClockChange {
  readonly now?: string
  /** An ISO 8601 duration, such as `PT1H` or `-P1D`. */
  readonly advance?: string
  readonly freeze?: boolean
}

export interface LabSnapshots {
  take(name: string): Promise<void>
  restore(name: string): Promise<void>
  drop(name: string): Promise<void>
}

export interface LabPhone {
  read(): Promise<PhoneView>
  /** The sign-in request that waits, with the number that the sign-in page shows; the right one when left out. */
  approve(number?: number): Promise<void>
  deny(): Promise<void>
  /** What the authenticator app shows now. */
  code(): Promise<string>
  /** Picks up the phone that rings: # approves, 0 reports a fraud. */
  answerCall(press: '#' | '0'): Promise<void>
  /** What the phone does by itself from now on; what is left out stays. */
  behave(behaviour: PhoneBehaviour): Promise<void>
  /** Makes a passkey on the phone and registers it for the person. */
  createPasskey(name?: string): Promise<HeldPasskey>
  /** Those on the phone. */
  passkeys(): Promise<readonly HeldPasskey[]>
  /** Puts a passkey that a virtual authenticator has made, or has signed with, on the phone. */
  keepPasskey(passkey: Pick<HeldPasskey, 'credentialId' | 'privateKey' | 'signCount'>): Promise<void>
}

export interface PhoneBehaviour {
  readonly push?: 'ask' | 'approve' | 'deny' | 'ignore' | 'mistype' | 'reportFraud'
  readonly voice?: 'ask' | 'approve' | 'deny' | 'ignore' | 'reportFraud'
  readonly sms?: 'deliver' | 'ignore'
  /** Until it answers, of the stack's clock. */
  readonly afterSeconds?: number
}

/** A passkey with its private key, for a virtual authenticator or a client that signs by itself. */
export interface HeldPasskey {
  readonly id: string
  readonly name: string
  /** Base64url. */
  readonly credentialId: string
  readonly rpId: string
  /** Base64url. */
  readonly userHandle: string
  /** PKCS #8 in base64; ES256. */
  readonly privateKey: string
  readonly signCount: number
}

interface PasskeyList {
  readonly passkeys: readonly { readonly id: string; readonly onPhone: boolean }[]
}

export interface PhoneView {
  readonly methods: readonly { readonly type: string; readonly id: string; readonly isDefault: boolean }[]
  readonly totp: { readonly code: string; readonly secondsLeft: number } | null
  readonly pushes: readonly { readonly id: string; readonly number: number | null; readonly state: string }[]
  readonly sms: readonly { readonly phoneNumber: string; readonly text: string; readonly code: string | null }[]
}

export interface JournalFilter {
  readonly user?: string
  readonly flow?: string
  readonly deployment?: string
  readonly verdict?: string
  /** A documented flow, such as `WEB-ONLINE`, of which a step was walked. */
  readonly walks?: string
  readonly text?: string
}

/** One hop, with the id of its flow; never a password, token, cookie or code. */
export type JournalEntry = JournalEvent & { readonly flowId: string }

export interface MailWait {
  readonly place: 'exchange-online' | 'exchange-onprem'
  readonly user: string
  readonly subject?: string
  readonly from?: string
  readonly timeoutMs?: number
}

export interface MailSummary {
  readonly id: string
  readonly subject: string
  readonly from: { readonly name: string; readonly address: string }
  readonly receivedAt: string
  readonly preview: string
}

export class LabRefusal extends Error {
  override readonly name = 'LabRefusal'
  readonly status: number
  /** As the API answered: `{ error, detail? }`. */
  readonly answer: unknown

  constructor(operation: string, status: number, answer: unknown) {
    super(`${operation}: ${status} ${JSON.stringify(answer)}`)
    this.status = status
    this.answer = answer
  }
}
