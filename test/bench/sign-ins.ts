import { createHash, randomBytes } from 'node:crypto'
import { request } from 'undici'
import { HttpVisitor, type Visit } from '../actors/http-visitor.ts'
import type { Lab } from '../actors/lab.ts'
import { peggy } from '../actors/people.ts'
import type { Contestant } from './contestants.ts'
import { secondFactorPeople } from './sign-in-world.ts'
import { Wire } from './wire.ts'

/** Complete sign-ins by new browsers; `prepare` is not measured, and serves as many as there are `secondFactorPeople`. */
export interface SignIn {
  readonly what: string
  readonly server: Contestant
  prepare(): Promise<void>
  /** The number of requests it took. */
  run(): Promise<number>
}

interface Person {
  readonly upn: string
  readonly password: string
  readonly code: string
}

/** What a person types or presses on each page, by what the page asks for; the first that fits. */
const answers: readonly { asks: string; form?: number; with: (person: Person) => Record<string, string> }[] = [
  { asks: 'name="hiddenform"', with: () => ({}) },
  { asks: 'id="i0116"', with: ({ upn }) => ({ loginfmt: upn, login: upn }) },
  { asks: 'id="i0118"', with: ({ password }) => ({ passwd: password }) },
  { asks: 'id="userNameInput"', with: ({ upn, password }) => ({ UserName: upn, Password: password }) },
  { asks: 'id="idTxtBx_SAOTCC_OTC"', with: ({ code }) => ({ otc: code }) },
  { asks: 'data-value="PhoneAppOTP"', with: () => ({ authMethodId: 'PhoneAppOTP' }) },
  { asks: 'id="signInAnotherWay"', form: 1, with: () => ({ authMethodId: 'choose' }) },
  { asks: 'id="KmsiCheckboxField"', with: () => ({ LoginOptions: '3' }) },
  { asks: 'name="acceptConsent"', with: () => ({ acceptConsent: 'true' }) },
  { asks: 'name="login"', with: ({ upn, password }) => ({ login: upn, password }) },
  { asks: 'name="prompt" value="consent"', with: () => ({}) },
]

async function answerPages(visitor: HttpVisitor, first: Visit, person: Person): Promise<Visit> {
  let page = first
  for (let count = 0; count < 15; count += 1) {
    const answer = answers.find(({ asks }) => page.html.includes(asks))
    if (!answer) return page
    page = await visitor.submit(page, answer.with(person), answer.form)
  }
  throw new Error(`no end of questions at ${page.url}: ${page.html}`)
}

/**
 * The managed user's application, by somebody whose domain is federated: AD FS through WAP, a second factor that
 * Conditional Access asks for there, code and tokens.
 */
export function federatedSignIn(server: Contestant, lab: Lab, redirectPort: number): SignIn {
  let [next, code] = [0, '']
  const flow = codeFlow({
    ...desktopApplication(redirectPort),
    what: 'federated user, AD FS through WAP, TOTP, code + PKCE, tokens',
    server,
    person: () => ({ ...peggy, ...secondFactorPeople[next++ % secondFactorPeople.length], code }),
  })
  return {
    ...flow,
    prepare: async () => {
      // A code is good once: the next half minute brings another, which is the same for all of them.
      await lab.clock({ advance: 'PT30S' })
      code = await lab.totpCode(secondFactorPeople[0]?.upn ?? '')
    },
  }
}

/** A user whose password Entra checks itself, at an application for which no policy wants more. */
export function managedSignIn(server: Contestant, redirectPort: number): SignIn {
  return codeFlow({
    what: 'managed user, password, code + PKCE, tokens',
    server,
    person: () => peggyWithoutCode,
    ...desktopApplication(redirectPort),
  })
}

const peggyWithoutCode: Person = { ...peggy, code: '' }

function desktopApplication(redirectPort: number) {
  return {
    authorize: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/authorize',
    token: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token',
    clientId: 'a0000000-0000-4000-8000-000000000001',
    redirectUri: `http://localhost:${redirectPort}`,
  }
}

/** The peer's own pages: any name and password, then consent. */
export function quickStartSignIn(server: Contestant, redirectPort: number): SignIn {
  return codeFlow({
    what: 'any user, any password, code + PKCE, tokens',
    server,
    person: () => ({ upn: 'alice', password: 'any', code: '' }),
    authorize: `${server.address}/auth`,
    token: `${server.address}/token`,
    clientId: 'foo',
    redirectUri: `http://localhost:${redirectPort}/`,
  })
}

interface CodeFlow {
  readonly what: string
  readonly server: Contestant
  readonly person: () => Person
  readonly authorize: string
  readonly token: string
  readonly clientId: string
  readonly redirectUri: string
}

function codeFlow(flow: CodeFlow): SignIn {
  const { what, server, person, clientId, redirectUri } = flow
  const wire = new Wire(server.address, server.caPem)
  return {
    what,
    server,
    prepare: async () => {},
    run: async () => {
      const before = wire.requests
      const visitor = new HttpVisitor(wire)
      const verifier = randomBytes(32).toString('base64url')
      const query = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'openid',
        nonce: randomBytes(8).toString('hex'),
        state: randomBytes(8).toString('hex'),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      })
      const page = await answerPages(visitor, await visitor.open(`${flow.authorize}?${query}`), person())
      const arrived = new URL(page.url)
      const code = arrived.searchParams.get('code')
      if (!page.url.startsWith(redirectUri) || !code || arrived.searchParams.get('state') !== query.get('state')) {
        throw unexpected(page)
      }
      await redeem(wire, flow, { code, verifier })
      return wire.requests - before
    },
  }
}

async function redeem(wire: Wire, flow: CodeFlow, { code, verifier }: { code: string; verifier: string }) {
  const form = {
    grant_type: 'authorization_code',
    client_id: flow.clientId,
    redirect_uri: flow.redirectUri,
    code,
    code_verifier: verifier,
  }
  const answer = await request(flow.token, {
    dispatcher: wire,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  const tokens = (await answer.body.json()) as { access_token?: string; id_token?: string }
  if (!tokens.access_token || tokens.id_token?.split('.').length !== 3) throw new Error(JSON.stringify(tokens))
}

function unexpected(page: Visit): Error {
  return new Error(`not where the sign-in should end: ${page.url} (${page.status}) ${page.html.slice(0, 2000)}`)
}
