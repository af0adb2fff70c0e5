import { loadDefaultScenario } from '#shared/scenario/load.ts'
import { formsOf, type HttpVisitor, type Visit } from '#test/actors/http-visitor.ts'
import { openAuthority, peggy, type TestAuthority } from '../_authority.ts'

export const portal = 'https://entra.microsoft.com'
export const breakGlass = { upn: 'breakglass@contoso.onmicrosoft.com', password: 'Break-Glass-16' } as const

/** The default world, in which Peggy may read policies. */
export async function openPortal(role: string = 'Security Reader'): Promise<TestAuthority> {
  const scenario = await loadDefaultScenario()
  const users = scenario.users.map((user) =>
    user.userPrincipalName === peggy.upn ? { ...user, directoryRoles: [role] } : user,
  )
  return openAuthority({ scenario: { ...scenario, users } })
}

/** Follows what the authority asks for, up to its answer's form post to the portal. */
export async function answerForPortal(
  visitor: HttpVisitor,
  { upn, password }: { readonly upn: string; readonly password: string },
  path = '/',
): Promise<Visit> {
  let page = await visitor.open(`${portal}${path}`)
  for (let steps = 0; steps < 4 && !isAnswer(page); steps += 1) {
    page = await visitor.submit(page, { loginfmt: upn, passwd: password, LoginOptions: '3' })
  }
  return page
}

export async function enterPortal(
  visitor: HttpVisitor,
  person: { readonly upn: string; readonly password: string } = breakGlass,
  path = '/',
): Promise<Visit> {
  return visitor.submit(await answerForPortal(visitor, person, path))
}

function isAnswer(page: Visit): boolean {
  return formsOf(page)[0]?.action.startsWith(portal) === true
}

/** Posts a form of the portal with the session's own token. */
export function postForm(
  visitor: HttpVisitor,
  page: Visit,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Visit> {
  const formToken = /name="formToken" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
  return visitor.post(`${portal}${path}`, { formToken, ...fields }, page.url)
}
