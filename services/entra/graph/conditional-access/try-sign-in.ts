import { z } from 'zod'
import { formNames } from '../../admin/form/names.ts'
import { securityAttributesOf } from '../../applications/application.ts'
import { evaluateConditionalAccess } from '../../conditional-access/evaluate.ts'
import type { SatisfiedControls, Signals } from '../../conditional-access/signals.ts'
import { found } from '../answers.ts'
import type { GraphServices } from '../graph-services.ts'
import { signInConditionsSchema, situationOf } from './what-if.ts'

const schema = z.strictObject({
  user: z.string().min(1),
  application: z.string().min(1),
  conditions: signInConditionsSchema.default({}),
  /** `password`, or a combination of an authentication strength such as `password,microsoftAuthenticatorPush`. */
  authenticatedWith: z.string().default('password'),
  /** Whether the client is an app that an app protection policy looks after. */
  protectedApplication: z.boolean().default(false),
})

type Question = z.output<typeof schema>

export interface TriedSignIn {
  readonly outcome: 'allow' | 'block' | 'challenge'
  /** As the evaluator says it: `unmet: mfa (Require MFA …)`. */
  readonly reason: string
  /** In the order in which a person is asked. */
  readonly requires: readonly { readonly control: string; readonly policy: string }[]
  /** Every policy by name, and how it stands: `success`, `failure`, `notApplied`, `reportOnlyInterrupted` … */
  readonly policies: readonly { readonly name: string; readonly result: string; readonly reason: string }[]
}

/**
 * The decision that a sign-in with these facts would meet, by the evaluator that judges sign-ins.
 * @throws GraphError for a person or an application that the tenant does not have
 */
export async function trySignIn(services: GraphServices, body: unknown): Promise<TriedSignIn> {
  const asked = schema.parse(body)
  const decision = evaluateConditionalAccess(services.conditionalAccess.current(), await signalsOf(services, asked))
  return {
    outcome: decision.outcome,
    reason: decision.reason,
    requires: decision.requires.map(({ control, policyName }) => ({ control, policy: policyName })),
    policies: decision.policies.map(({ displayName, result, reason }) => ({ name: displayName, result, reason })),
  }
}

async function signalsOf(services: GraphServices, asked: Question): Promise<Signals> {
  const { people, config } = services
  const names = formNames(services)
  const person = found(await people.byObjectId(await names.idOf('users', asked.user)), asked.user)
  const appId = await names.idOf('applications', asked.application)
  const application = found(config.applications.byId(appId), asked.application)
  return {
    ...situationOf(services, asked.conditions),
    user: { objectId: person.objectId, groups: person.groups, roles: person.directoryRoles },
    application: { appId, attributes: securityAttributesOf(application) },
    satisfied: satisfiedBy(asked),
    ...(asked.protectedApplication && {
      clientApp: { isManaged: true, isBrokered: true, protection: 'compliant' as const },
    }),
  }
}

const singleFactors = ['password', 'federatedSingleFactor', 'sms']

function satisfiedBy({ authenticatedWith, protectedApplication: isProtected }: Question): SatisfiedControls {
  return {
    mfa: !singleFactors.includes(authenticatedWith),
    combinations: [authenticatedWith],
    approvedApplication: isProtected,
    compliantApplication: isProtected,
  }
}
