import type { INetworkModule, NetworkRequestOptions } from '@azure/msal-node'
import { loadDefaultScenario } from '#shared/scenario/load.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import type { Visit } from '#test/actors/http-visitor.ts'
import { pageConfig, peggy, type TestAuthority } from '../_authority.ts'
import { apps, login } from '../token/_token-requests.ts'

/** MSAL's door to the world: the machine's proxy and CA, and nothing else. `before` may hold a request back. */
export function throughProxy(
  { fetch }: TestAuthority,
  before: (url: string, body: string) => Promise<void> = async () => undefined,
): INetworkModule {
  const send = async <T>(method: 'GET' | 'POST', url: string, options: NetworkRequestOptions = {}) => {
    const { headers = {}, body } = options
    await before(url, body ?? '')
    const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
    const sent = Object.fromEntries(answer.headers)
    return { status: answer.status, headers: sent, body: (await answer.json()) as T }
  }
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  }
}

export const nativeLanding = `${login}/common/oauth2/nativeclient`

/** "Microsoft Azure CLI": public, and consented to. */
export const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

/** Somebody at the pages, until there is nothing left to answer. */
export async function signInAt(
  authority: TestAuthority,
  url: string,
  first: Record<string, string> = {},
): Promise<Visit> {
  await using visitor = await authority.visitor()
  let page = await visitor.open(url)
  if (Object.keys(first).length > 0) page = await visitor.submit(page, first)
  const answers: Readonly<Record<string, () => Promise<Record<string, string>>>> = {
    ConvergedSignIn: async () => ({ loginfmt: peggy.upn, passwd: peggy.password }),
    ConvergedTFA: async () => ({ otc: await authority.totpCode(peggy.upn) }),
    KmsiInterrupt: async () => ({ LoginOptions: '3' }),
    ConvergedConsent: async () => ({ acceptConsent: 'true' }),
    CmsiInterrupt: async () => ({ ContinueAuth: 'true' }),
  }
  for (let steps = 0; steps < 8 && page.html.includes('$Config='); steps += 1) {
    const answer = answers[String(pageConfig(page).pgid)]
    if (!answer) return page
    page = await visitor.submit(page, await answer())
  }
  return page
}

/** The default world, where an administrator consented to what these applications need. */
export async function consentedWorld(scenario?: Scenario): Promise<Scenario> {
  const world = scenario ?? (await loadDefaultScenario())
  const wanted: readonly string[] = [apps.web, apps.tasks, apps.spa, apps.desktop]
  const applications = world.entra.applications.map((each) =>
    wanted.includes(each.appId) ? { ...each, adminConsented: true } : each,
  )
  return { ...world, entra: { ...world.entra, applications } }
}
