import { type FlowId, isSignInMoment, type SignInMoment, stepAtMoment } from '#shared/flows.ts'
import type { StitchedEvent } from './stitch.ts'

/*
 * Says which step of which flow a moment of a sign-in is. Who asked is in the hops of the same flow: Outlook on the web
 * leaves steps of its own, an app only moments. Where an app's mailbox is, AutoDetect found out for the same address.
 */

type CloudFlow = Exclude<FlowId, 'WEB-ONPREM'>
type MobileFlow = Exclude<CloudFlow, 'WEB-ONLINE'>

/** `events` oldest first; the answer has the same order, and no moments any more. */
export function nameSteps(events: readonly StitchedEvent[]): readonly StitchedEvent[] {
  const places = placesOf(events)
  const flows = new Map<string, CloudFlow | undefined>()
  for (const [id, hops] of Map.groupBy(events, ({ flowId }) => flowId)) flows.set(id, flowOf(hops, places))
  return events.map((event) => (event.steps.some(isSignInMoment) ? named(event, flows.get(event.flowId)) : event))
}

/** By address, the flow of the place where AutoDetect last found the mailbox. */
function placesOf(events: readonly StitchedEvent[]): ReadonlyMap<string, MobileFlow> {
  const places = new Map<string, MobileFlow>()
  for (const { user, steps } of events) {
    const place = steps.map((step) => found[step]).find((each) => each !== undefined)
    if (user !== undefined && place) places.set(user.toLowerCase(), place)
  }
  return places
}

const found: Readonly<Record<string, MobileFlow>> = {
  'MOBILE-ONLINE-1': 'MOBILE-ONLINE',
  'MOBILE-ONPREM-1': 'MOBILE-ONPREM',
  // An app that knew where its mailbox is, and did not ask.
  'MOBILE-ONLINE-15': 'MOBILE-ONLINE',
  'MOBILE-ONPREM-16': 'MOBILE-ONPREM',
}

function flowOf(hops: readonly StitchedEvent[], places: ReadonlyMap<string, MobileFlow>): CloudFlow | undefined {
  if (hops.some(({ steps }) => steps.some((step) => step.startsWith('WEB-ONLINE-')))) return 'WEB-ONLINE'
  // At AD FS and its proxy alone nobody can tell; Entra ID notes moments of Outlook mobile only.
  if (!hops.some(({ deployment, steps }) => deployment === 'entra' && steps.some(isSignInMoment))) return undefined
  const user = hops.findLast((hop) => hop.user !== undefined)?.user?.toLowerCase()
  return (user === undefined ? undefined : places.get(user)) ?? 'MOBILE-ONLINE'
}

function named(event: StitchedEvent, flow: CloudFlow | undefined): StitchedEvent {
  const name = (moment: SignInMoment) => (flow === undefined ? [] : [stepAtMoment(flow, moment)])
  const steps = event.steps.flatMap((step) => (isSignInMoment(step) ? name(step) : [step]))
  return { ...event, steps: [...new Set(steps)] }
}
