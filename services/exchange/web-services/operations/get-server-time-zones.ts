import { type Xml, xml } from '#shared/xml/markup.ts'
import { rulesOf, type Transition } from '../../mailbox/time-zone.ts'
import { findTimeZone, type TimeZone, timeZones } from '../../mailbox/time-zones.ts'
import type { Operation } from '../call.ts'
import { attribute, child, children } from '../elements.ts'
import { responseMessages } from '../response-messages.ts'

/** [MS-OXWSGTZRM] 3.1.4.1: the zones of Windows that are known here, with the rules of today for every year. */
export const getServerTimeZones: Operation = (call) => {
  const asked = child(call.body, 'Ids')
  const ids = children(asked).map((each) => each.textContent?.trim() ?? '')
  const zones = asked ? ids.map(findTimeZone).filter((each) => each !== undefined) : timeZones
  const isFull = attribute(call.body, 'ReturnFullTimeZoneData') !== 'false'
  return responseMessages(call, 'GetServerTimeZones', [call.body], async () => {
    return xml`<m:TimeZoneDefinitions>${zones.map((zone) => definition(zone, isFull))}</m:TimeZoneDefinitions>`
  })
}

function definition(zone: TimeZone, isFull: boolean): Xml {
  return xml`<t:TimeZoneDefinition Id="${zone.name}" Name="${zone.label}">${isFull ? details(zone) : []}</t:TimeZoneDefinition>`
}

function details({ name, written }: TimeZone): Xml {
  const { bias, daylight, standard, daylightBias = -60 } = rulesOf(written)
  const key = (kind: string) => `trule:Microsoft/Registry/${name}/1-${kind}`
  const period = (kind: string, minutes: number) =>
    xml`<t:Period Bias="${durationOf(minutes)}" Name="${kind}" Id="${key(kind)}"/>`
  const changes =
    daylight && standard
      ? [changeElement(daylight, key('Daylight')), changeElement(standard, key('Standard'))]
      : xml`<t:Transition><t:To Kind="Period">${key('Standard')}</t:To></t:Transition>`
  const periods = [period('Standard', bias), daylight ? period('Daylight', bias + daylightBias) : []]
  return xml`<t:Periods>${periods}</t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">${changes}</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To Kind="Group">0</t:To></t:Transition></t:Transitions>`
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

function changeElement([month, weekday, week, hour, minute = 0]: Transition, to: string): Xml {
  const parts = [
    xml`<t:To Kind="Period">${to}</t:To>`,
    xml`<t:TimeOffset>${durationOf(hour * 60 + minute)}</t:TimeOffset>`,
    xml`<t:Month>${String(month)}</t:Month>`,
    xml`<t:DayOfWeek>${weekdays[weekday] ?? ''}</t:DayOfWeek>`,
    xml`<t:Occurrence>${String(week === 5 ? -1 : week)}</t:Occurrence>`,
  ]
  return xml`<t:RecurringDayTransition>${parts}</t:RecurringDayTransition>`
}

/** xs:duration, as the product writes it: PT8H, -PT5H30M. */
function durationOf(minutes: number): string {
  const size = Math.abs(minutes)
  const [hours, rest] = [Math.floor(size / 60), size % 60]
  const text = `${hours > 0 ? `${hours}H` : ''}${rest > 0 ? `${rest}M` : ''}`
  return `${minutes < 0 ? '-' : ''}PT${text === '' ? '0S' : text}`
}
