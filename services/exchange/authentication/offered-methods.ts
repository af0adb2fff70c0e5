import { offered as windowsChallenges } from '#shared/windows-authentication/windows-authentication.ts'
import type { PolicyProtocol } from '../organization/blocked-protocol.ts'
import { type ProtocolSwitches, protocolSwitchesOf } from '../organization/virtual-directories.ts'
import type { ExchangeParts } from '../parts.ts'

/** What a protocol takes beside bearer tokens, and the WWW-Authenticate lines that say so, in the product's order. */
export interface OfferedMethods extends ProtocolSwitches {
  readonly lines: readonly string[]
}

export async function offeredMethods(
  { config, organization }: Pick<ExchangeParts, 'config' | 'organization'>,
  hostname: string,
  protocol: PolicyProtocol,
): Promise<OfferedMethods> {
  const { basic: basicLine } = config.accessTokens
  if (config.location === 'online')
    return { WindowsAuthentication: false, BasicAuthentication: true, lines: [basicLine] }
  const switches = await protocolSwitchesOf(organization, protocol)
  const basic = switches.BasicAuthentication ? [`Basic realm="${hostname.replace(/[^\w.:-]/g, '')}"`] : []
  return { ...switches, lines: [...(switches.WindowsAuthentication ? windowsChallenges : []), ...basic] }
}
