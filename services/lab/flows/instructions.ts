import type { FlowId } from '#shared/flows.ts'
import type { Scenario } from '#shared/scenario/world.ts'

/** What to do, and lines to copy that do it. */
export interface Instruction {
  readonly text: string
  readonly lines: readonly string[]
}

export interface InstructionFacts {
  readonly scenario: Scenario
  /** The lab's own address, without a slash at the end. */
  readonly lab: string
  /** The HTTP proxy of the internet. */
  readonly proxy: string
}

/** How to walk a documented flow by hand, with an account of the scenario that it fits. */
export function instructionsFor(id: FlowId, facts: InstructionFacts): readonly Instruction[] {
  const { lab } = facts
  const location = id.endsWith('ONLINE') ? 'online' : 'onPremises'
  const person = walkerFor(facts.scenario, location)
  const phone = {
    text: 'Answer for the phone when the second factor is asked for, or read the code.',
    lines: phoneLines(lab, person.upn),
  }
  const result = { text: 'See the steps that were walked.', lines: [`curl ${lab}/api/flows/${id}?user=${person.upn}`] }
  if (id.startsWith('WEB')) return [browserInstruction(id, facts, person), phone, result]
  return [...mobileInstructions(facts, person), phone, result]
}

export interface Walker {
  readonly upn: string
  readonly password: string
}

/** Somebody of the scenario who can walk a flow to its end. */
export function walkerFor(scenario: Scenario, location: 'online' | 'onPremises'): Walker {
  const fits = scenario.users.filter(
    ({ mailbox, mfa, enabled, licensed }) =>
      mailbox?.location === location && enabled && licensed && mfa.methods.some(({ type }) => type === 'totp'),
  )
  const [user] = fits.length > 0 ? fits : scenario.users
  return { upn: user?.userPrincipalName ?? '', password: user?.password ?? '' }
}

function browserInstruction(id: FlowId, { scenario, proxy }: InstructionFacts, { upn, password }: Walker): Instruction {
  const url = id === 'WEB-ONLINE' ? 'https://outlook.office.com/owa' : `https://${scenario.organization.hosts.mail}/owa`
  return {
    text: `Open the mailbox in a browser that stands in the internet, and sign in as ${upn} with ${password}.`,
    lines: [`npm run browser -- --gateway ${proxy} ${url}`],
  }
}

function phoneLines(lab: string, upn: string): readonly string[] {
  return [`curl -X POST ${lab}/api/mfa/${upn}/approve`, `curl ${lab}/api/mfa/${upn}`]
}

const detect = 'https://prod-autodetect.outlookmobile.com/detect?services=office365&protocols=rest-cloud,eas'
const outlookMobile = '27922004-5251-4030-b22d-91ecd9a37ea4'

function mobileInstructions({ lab, proxy }: InstructionFacts, { upn, password }: Walker): readonly Instruction[] {
  const authorize = new URL('https://login.microsoftonline.com/common/oauth2/v2.0/authorize')
  const redirect_uri = 'x-msauth-outlook-prod://com.microsoft.Office.Outlook'
  const scope = 'https://outlook.office365.com/.default offline_access openid profile'
  const query = { client_id: outlookMobile, response_type: 'code', redirect_uri, scope, login_hint: upn }
  for (const [name, value] of Object.entries(query)) authorize.searchParams.set(name, value)
  return [
    {
      text: 'Ask AutoDetect as Outlook mobile does; it asks AutoDiscover and ActiveSync in its turn.',
      lines: [
        `curl -so fauxchange-ca.pem ${lab}/ca.pem`,
        `curl --proxy ${proxy} --cacert fauxchange-ca.pem -H 'X-Email: ${upn}' '${detect}'`,
      ],
    },
    {
      text: `Sign in in the system browser as ${upn} with ${password}; the last redirect, which only a phone can follow, carries the code. Redeeming it, and what comes after, is the app’s: a mail client or the simulated app of the lab.`,
      lines: [`npm run browser -- --gateway ${proxy} '${authorize.href}'`],
    },
  ]
}
