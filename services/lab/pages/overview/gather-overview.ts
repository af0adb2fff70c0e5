import { X509Certificate } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { accountsOf } from '../../accounts/accounts.ts'
import { worldAddresses } from '../../connect/addresses.ts'
import { readGateways } from '../../connect/gateways.ts'
import { readHealth } from '../../deployments/deployments.ts'
import { readCycles, readUsers } from '../../directory/active-directory.ts'
import { walkerFor } from '../../flows/instructions.ts'
import type { LabParts } from '../../parts.ts'
import { unlessUnreachable } from '../../peers/ask.ts'
import { addressOf } from '../../protection/guard.ts'
import type { Notice } from '../../urls.ts'
import { stackTime } from '../stack-time.ts'
import type { OverviewView } from './overview-page.ts'

/** Asks all around; what gives no answer is left out. */
export async function gatherOverview(
  parts: LabParts,
  request: FastifyRequest,
  { filter, notice }: { readonly filter: string; readonly notice: Notice | undefined },
): Promise<OverviewView> {
  const { manage, plans, scenario, authority } = parts
  const address = addressOf(request)
  const [deployments, gateways, users, cycles, time] = await Promise.all([
    readHealth(manage, plans),
    readGateways(manage, address),
    unlessUnreachable(readUsers(manage)),
    unlessUnreachable(readCycles(manage)),
    stackTime(parts),
  ])
  return {
    organization: scenario.organization.name,
    walker: walkerFor(scenario, 'online'),
    deployments,
    gateways,
    lab: `http://${address}`,
    authority: { fingerprint: new X509Certificate(authority.caPem).fingerprint256 },
    addresses: worldAddresses(scenario, plans),
    accounts: accountsOf(scenario, users),
    filter,
    accountsAreLive: users !== undefined,
    lastCycle: cycles?.[0],
    time,
    notice,
  }
}
