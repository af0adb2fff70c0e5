import { flowsOf } from '../../journal/flow.ts'
import { selectEvents } from '../../journal/select-events.ts'
import type { LabParts } from '../../parts.ts'
import { unlessUnreachable } from '../../peers/ask.ts'
import { readSignIns } from '../../sign-ins/sign-ins.ts'
import { urls } from '../../urls.ts'
import { stackTime } from '../stack-time.ts'
import type { JournalFilter, JournalView } from './journal-page.ts'

const shownFlows = 60

/** Whole flows of which some event matches. */
export async function gatherJournal(parts: LabParts, filter: JournalFilter): Promise<JournalView> {
  const [{ events, missing }, time, signIns, findAnchor] = await Promise.all([
    parts.journal.collect(),
    stackTime(parts),
    unlessUnreachable(readSignIns(parts.manage, { limit: 1000 })),
    parts.errorGuide.anchors(),
  ])
  const { background, verdict, ...given } = filter
  const matching = new Set(selectEvents(events, given).map((event) => event.flowId))
  const concerned = flowsOf(
    events.filter((event) => matching.has(event.flowId)),
    parts.deployments,
  )
  const flows = concerned
    .filter((each) => background || given.flow !== '' || !each.background)
    .filter((each) => verdict === '' || each.verdict === verdict)
    .reverse()
  return {
    flows: flows.slice(0, shownFlows),
    hidden: Math.max(0, flows.length - shownFlows),
    filter,
    users: parts.scenario.users.map((each) => each.userPrincipalName),
    deployments: parts.deployments,
    missing,
    findAnchor,
    signIns: new Set(signIns?.map(({ id }) => id)),
    time,
    url: urls.journalOf({ ...given, verdict, ...(background && { background: '1' }) }),
  }
}
