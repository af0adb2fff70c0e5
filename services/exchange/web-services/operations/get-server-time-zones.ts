import { xml } from '#shared/xml/markup.ts'
import type { Operation } from '../call.ts'
import { child, children } from '../elements.ts'
import { responseMessages } from '../response-messages.ts'

/** [MS-OXWSGTZRM] 3.1.4.1: times are told in UTC here, so that is the zone there is. */
export const getServerTimeZones: Operation = (call) => {
  const wanted = children(child(call.body, 'Ids')).map((each) => each.textContent?.trim())
  const isAsked = wanted.length === 0 || wanted.includes('UTC')
  return responseMessages(call, 'GetServerTimeZones', [isAsked], async (asked) => {
    const period = xml`<t:Periods><t:Period Bias="PT0S" Name="Standard" Id="trule:Microsoft/Registry/UTC/1-Standard"/></t:Periods>`
    const to = xml`<t:To Kind="Period">trule:Microsoft/Registry/UTC/1-Standard</t:To>`
    const group = xml`<t:TransitionsGroups><t:TransitionsGroup Id="0"><t:Transition>${to}</t:Transition></t:TransitionsGroup></t:TransitionsGroups>`
    const transitions = xml`<t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions>`
    const zone = xml`<t:TimeZoneDefinition Id="UTC" Name="(UTC) Coordinated Universal Time">${period}${group}${transitions}</t:TimeZoneDefinition>`
    return xml`<m:TimeZoneDefinitions>${asked ? zone : []}</m:TimeZoneDefinitions>`
  })
}
