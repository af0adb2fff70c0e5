import { hash } from 'node:crypto'
import { z } from 'zod'
import type { ActiveSyncSession } from '#shared/activesync/active-sync-session.ts'
import { LabError } from '../errors.ts'
import type { WorldAnswer, WorldClient, WorldRequest } from '../world/world-client.ts'
import { type AppHop, claimsIn, type HopFacts, hopOf } from './hop.ts'

/** Outlook for iOS and Android, as Entra ID knows it. */
export const clientId = '27922004-5251-4030-b22d-91ecd9a37ea4'
const scope = 'https://outlook.office365.com/.default offline_access openid profile'
const userAgent = 'Outlook-iOS/2.0'
const detectUrl =
  'https://prod-autodetect.outlookmobile.com/detect?services=office365,outlook&protocols=rest-cloud,rest-outlook,rest-office365,eas,imap,smtp'

const detectionSchema = z.looseObject({
  services: z.array(z.looseObject({ aad: z.url(), onprem: z.url().optional() })),
  protocols: z.array(z.looseObject({ protocol: z.string(), hostname: z.string() })),
})

export interface Detected {
  /** The authorization end point that the challenge named. */
  readonly authorize: string
  /** The ActiveSync URL of a mailbox on-premises. */
  readonly onprem: string | undefined
}

export interface AppTokens {
  readonly access: string
  readonly refresh: string
}

export interface MailRow {
  readonly subject: string
  readonly from: string
  readonly receivedAt: string
}

/** What the app on the phone does; every request goes to `heard`, with what came. */
export class App {
  readonly #world: WorldClient
  readonly #heard: (hop: AppHop) => void

  constructor(world: WorldClient, heard: (hop: AppHop) => void) {
    this.#world = world
    this.#heard = heard
  }

  /** @throws LabError that says what AutoDetect found in place of modern authentication. */
  async detect(address: string): Promise<Detected> {
    const request = { method: 'GET', url: detectUrl, headers: { 'x-email': address, 'user-agent': userAgent } } as const
    const answer = await this.#world.send(request)
    const json = parsed(answer)
    const found = detectionSchema.safeParse(json).data
    const [service] = found?.services ?? []
    const flow = service?.onprem === undefined ? 'MOBILE-ONLINE' : 'MOBILE-ONPREM'
    const ends = flow === 'MOBILE-ONLINE' ? 5 : 6
    const steps = service ? [`${flow}-1`, `${flow}-${ends}`] : []
    this.#heard(hopOf(request, answer, { steps, what: 'AutoDetect', facts: json }))
    if (service) return { authorize: service.aad, onprem: service.onprem }
    throw new LabError('conflict', { message: notModern(answer.status, found) })
  }

  /** The redemption of the code; the tokens stay with the lab. */
  async redeem(code: string, { redirectUri, verifier }: Redeeming, steps: readonly string[]): Promise<AppTokens> {
    const form = {
      grant_type: 'authorization_code',
      client_id: clientId,
      scope,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }
    const request = {
      method: 'POST',
      url: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': userAgent },
      body: new URLSearchParams(form).toString(),
    } as const
    const answer = await this.#world.send(request)
    const json = parsed(answer) ?? {}
    const access = String(json.access_token ?? '')
    const facts = answer.status === 200 ? { 'claims of the access token': claimsIn(access) } : json
    this.#heard(hopOf(request, answer, { steps, what: 'Code for tokens', facts }))
    if (answer.status === 200) return { access, refresh: String(json.refresh_token ?? '') }
    throw new LabError('conflict', {
      message: 'Entra ID gave no tokens.',
      detail: String(json.error_description ?? ''),
    })
  }

  /** One request to the cloud with the token. */
  async cloud(request: WorldRequest, token: string, facts: HopFacts): Promise<WorldAnswer> {
    const headers = { ...request.headers, authorization: `Bearer ${token}`, 'user-agent': userAgent }
    const whole = { ...request, headers }
    const answer = await this.#world.send(whole)
    const json = facts.facts ?? summaryOf(answer)
    this.#heard(hopOf(whole, answer, { ...facts, facts: json }))
    return answer
  }

  /** MOBILE-ONLINE-15. */
  activeSync(address: string, token: string): ActiveSyncSession {
    const url = 'https://outlook.office365.com/Microsoft-Server-ActiveSync'
    return {
      send: async ({ query, headers, body }) => {
        const what = `ActiveSync ${new URLSearchParams(query).get('Cmd')}`
        const request = { method: 'POST', url: `${url}?${query}`, headers, body } as const
        const { status, body: answer } = await this.cloud(request, token, {
          steps: ['MOBILE-ONLINE-15'],
          what,
          facts: {},
        })
        return { status, body: answer }
      },
      deviceId: hash('md5', address).toUpperCase(),
      deviceType: 'Outlook',
      model: 'Outlook for iOS and Android',
      userAgent,
      userPrincipalName: address,
      policyKey: '0',
    }
  }
}

export interface Redeeming {
  readonly redirectUri: string
  readonly verifier: string
}

export interface Authorizing extends Redeeming {
  readonly address: string
  readonly state: string
}

/** Where the sign-in begins, in the system browser of the phone. */
export function authorizationUrl({ address, redirectUri, verifier, state }: Authorizing): string {
  const query = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    login_hint: address,
    state,
    code_challenge: hash('sha256', verifier, 'base64url'),
    code_challenge_method: 'S256',
  }
  return `https://login.microsoftonline.com/common/oauth2/v2.0/authorize?${new URLSearchParams(query)}`
}

export function parsed({ body }: WorldAnswer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function summaryOf(answer: WorldAnswer): Record<string, unknown> | undefined {
  const json = parsed(answer)
  return Array.isArray(json?.value) ? { items: json.value.length } : json
}

function notModern(status: number, found: z.output<typeof detectionSchema> | undefined): string {
  const [protocol] = found?.protocols ?? []
  if (protocol)
    return `AutoDetect found no modern authentication: the app would offer ${protocol.protocol} at ${protocol.hostname} with a password.`
  return `AutoDetect found nothing for this address (${status}).`
}
