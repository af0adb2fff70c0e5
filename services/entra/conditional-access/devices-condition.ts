import { type Condition, metIf } from './condition.ts'
import { compileDeviceFilter, matchesDeviceFilter } from './device-filter/device-filter.ts'
import { DeviceFilterRuleError } from './device-filter/rule-error.ts'

/** "Conditional Access: Filter for devices". A rule that cannot be read is a gap, not a rule that matches nothing. */
export const devicesCondition: Condition = {
  name: 'deviceState',
  judge: ({ devices }, { device }) => {
    const filter = devices?.deviceFilter
    if (!filter) return 'any'
    try {
      return metIf(matchesDeviceFilter(compileDeviceFilter(filter), device).matches)
    } catch (error) {
      if (error instanceof DeviceFilterRuleError) return { gap: `deviceFilter: ${error.message}` }
      throw error
    }
  },
}
