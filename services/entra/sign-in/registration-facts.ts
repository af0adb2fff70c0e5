import type { AuthorizeRequest } from '../authorize/authorize-request.ts'
import type { Decision } from '../conditional-access/decision.ts'
import type { RegisteredMethod } from '../mfa/methods.ts'
import { mightMeet } from '../mfa/recorded-method.ts'
import type { Person } from '../people/people.ts'
import type { RegistrationFacts } from './registration-step.ts'
import type { SignInServices } from './services.ts'

type Services = Pick<SignInServices, 'config' | 'clock' | 'mfa' | 'securityInfo' | 'conditionalAccess'>

/** Looks methods up only where a step may depend on them: most sign-ins need none of this. */
export async function registrationFacts(
  services: Services,
  authorize: Pick<AuthorizeRequest, 'userAction'>,
  person: Person,
  decision: Decision,
): Promise<RegistrationFacts | undefined> {
  const securityInfo = authorize.userAction !== undefined
  const { required } = services.config.multifactor.registration
  const allowed = demandedCombinations(services, decision)
  if (!securityInfo && !required && !allowed) return undefined
  const methods = await services.mfa.methodsOf(person.objectId)
  const asks = required && methods.length === 0
  return {
    securityInfo,
    hasMethods: methods.length > 0,
    strengthOutOfReach: allowed !== undefined && !methods.some((method) => mightMeet(method, allowed)),
    ...(asks && { daysLeft: await daysLeft(services, person) }),
  }
}

/** The combinations of methods that would meet the strength a policy wants next. */
export function demandedCombinations(
  { conditionalAccess }: Pick<Services, 'conditionalAccess'>,
  decision: Decision | undefined,
): readonly string[] | undefined {
  const [next] = decision?.requires ?? []
  if (next?.control !== 'authenticationStrength') return undefined
  const asking = conditionalAccess.current().policies.find(({ policy }) => policy.id === next.policyId)
  return asking?.strength?.allowedCombinations
}

/** Of the methods those that the next demand is about; all of them where none is, to get to registering one. */
export function methodsToOffer(
  services: Services,
  methods: readonly RegisteredMethod[],
  decision: Decision | undefined,
): readonly RegisteredMethod[] {
  const allowed = demandedCombinations(services, decision)
  const meeting = allowed ? methods.filter((method) => mightMeet(method, allowed)) : []
  return firstOfEach(meeting.length > 0 ? meeting : methods)
}

/** The page knows one entry of each kind: a notification goes to every phone, a code may be of any app. */
function firstOfEach(methods: readonly RegisteredMethod[]): readonly RegisteredMethod[] {
  return methods.filter((method, at) => methods.findIndex((each) => each.authMethodId === method.authMethodId) === at)
}

async function daysLeft({ config, clock, securityInfo }: Services, { objectId }: Person): Promise<number> {
  const since = await securityInfo.registrations.askedSince(objectId)
  const passed = Math.floor((clock.now().getTime() - since.getTime()) / (24 * 60 * 60_000))
  return Math.max(config.multifactor.registration.skipDays - passed, 0)
}
