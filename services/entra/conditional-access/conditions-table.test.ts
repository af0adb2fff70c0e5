import { describe, expect, test } from 'vitest'
import { demands, evaluate, ids, ordinary, policyOf } from './_policies.ts'
import type { ConditionName } from './decision.ts'
import type { Signals } from './signals.ts'

const office = '0ff1ce00-0000-4000-8000-000000000001'
const germany = 'de000000-0000-4000-8000-000000000001'
const at = (more: Partial<Signals['location']>): Partial<Signals> => ({ location: { ...ordinary.location, ...more } })
const places = {
  nowhere: at({}),
  office: at({ namedLocationIds: [office], isTrusted: true }),
  'an untrusted office': at({ namedLocationIds: [office] }),
  Germany: at({ namedLocationIds: [germany], country: 'DE' }),
}
const locations = (includeLocations: string[], excludeLocations: string[] = []) => ({
  locations: { includeLocations, excludeLocations },
})
const kinds = (...clientAppTypes: string[]) => ({ clientAppTypes })
const client = (clientAppType: Signals['clientAppType']): Partial<Signals> => ({ clientAppType })
const user = (...userRiskLevels: string[]) => ({ userRiskLevels })
const signIn = (...signInRiskLevels: string[]) => ({ signInRiskLevels })
const levels = ['none', 'low', 'medium', 'high', 'hidden'] as const
const byLevel = (name: 'userRisk' | 'signInRisk'): Record<string, Partial<Signals>> => ({
  unknown: {},
  ...Object.fromEntries(levels.map((level) => [level, { [name]: level }])),
})
const flows = (transferMethods: string) => ({ authenticationFlows: { transferMethods } })
const target = (applications: object) => ({ applications })
const contexts = (...ids: string[]) => target({ includeAuthenticationContextClassReferences: ids })
const actions = (...ids: string[]) => target({ includeUserActions: ids })
const asking = (...authenticationContexts: string[]): Partial<Signals> => ({ authenticationContexts })

/** Columns are what is seen; `x` where the policy applies, `.` where its condition keeps it away. */
const tables: readonly {
  readonly condition: ConditionName
  readonly seen: Readonly<Record<string, Partial<Signals>>>
  readonly rows: readonly (readonly [conditions: object, cells: string])[]
}[] = [
  {
    condition: 'clientType',
    seen: {
      browser: client('browser'),
      apps: client('mobileAppsAndDesktopClients'),
      ActiveSync: client('exchangeActiveSync'),
      others: client('other'),
    },
    rows: [
      [kinds('all'), 'xxxx'],
      [kinds('browser'), 'x...'],
      [kinds('mobileAppsAndDesktopClients'), '.x..'],
      [kinds('exchangeActiveSync'), '..x.'],
      [kinds('easSupported'), '..x.'],
      [kinds('other'), '...x'],
      [kinds('browser', 'mobileAppsAndDesktopClients'), 'xx..'],
      [kinds('exchangeActiveSync', 'other'), '..xx'],
      [kinds('browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'), 'xxxx'],
    ],
  },
  {
    condition: 'userRisk',
    seen: byLevel('userRisk'),
    rows: [
      [user(), 'xxxxxx'],
      [user('none'), 'xx....'],
      [user('low'), '..x...'],
      [user('medium'), '...x..'],
      [user('high'), '....x.'],
      [user('hidden'), '.....x'],
      [user('medium', 'high'), '...xx.'],
      [user('low', 'medium', 'high'), '..xxx.'],
    ],
  },
  {
    condition: 'signInRisk',
    seen: byLevel('signInRisk'),
    rows: [
      [signIn(), 'xxxxxx'],
      [signIn('none'), 'xx....'],
      [signIn('low'), '..x...'],
      [signIn('medium'), '...x..'],
      [signIn('high'), '....x.'],
      [signIn('medium', 'high'), '...xx.'],
      [signIn('none', 'low'), 'xxx...'],
    ],
  },
  {
    condition: 'insiderRisk',
    seen: {
      none: {},
      minor: { insiderRisk: 'minor' },
      moderate: { insiderRisk: 'moderate' },
      elevated: { insiderRisk: 'elevated' },
    },
    rows: [
      [{ insiderRiskLevels: 'minor' }, '.x..'],
      [{ insiderRiskLevels: 'moderate,elevated' }, '..xx'],
      [{ insiderRiskLevels: 'minor, moderate, elevated' }, '.xxx'],
    ],
  },
  {
    condition: 'location',
    seen: places,
    rows: [
      [{}, 'xxxx'],
      [locations(['All']), 'xxxx'],
      [locations(['AllTrusted']), '.x..'],
      [locations(['All'], ['AllTrusted']), 'x.xx'],
      [locations([office]), '.xx.'],
      [locations(['All'], [office]), 'x..x'],
      [locations([germany]), '...x'],
      [locations(['All'], [germany]), 'xxx.'],
      [locations([office, germany]), '.xxx'],
      [locations([office], ['AllTrusted']), '..x.'],
    ],
  },
  {
    condition: 'authenticationFlows',
    seen: {
      neither: {},
      code: { authenticationFlow: 'deviceCodeFlow' },
      transfer: { authenticationFlow: 'authenticationTransfer' },
    },
    rows: [
      [{}, 'xxx'],
      [flows('none'), 'xxx'],
      [flows('deviceCodeFlow'), '.x.'],
      [flows('authenticationTransfer'), '..x'],
      [flows('deviceCodeFlow,authenticationTransfer'), '.xx'],
    ],
  },
  {
    condition: 'application',
    seen: {
      'an app': {},
      c1: asking('c1'),
      'c2 and c3': asking('c2', 'c3'),
      'registering security info': { userAction: 'urn:user:registersecurityinfo' },
      'registering a device': { userAction: 'urn:user:registerdevice' },
    },
    rows: [
      [target({ includeApplications: ['All'] }), 'xxx..'],
      [target({ includeApplications: ['Office365'] }), 'xxx..'],
      [target({ includeApplications: ['None'] }), '.....'],
      [target({ includeApplications: [ids.graph] }), '.....'],
      [target({ includeApplications: ['All'], excludeApplications: ['Office365'] }), '.....'],
      [contexts('c1'), '.x...'],
      [contexts('c2'), '..x..'],
      [contexts('c1', 'C3'), '.xx..'],
      [contexts('c4'), '.....'],
      [actions('urn:user:registersecurityinfo'), '...x.'],
      [actions('urn:user:registerdevice'), '....x'],
      [actions('urn:user:registersecurityinfo', 'urn:user:registerdevice'), '...xx'],
    ],
  },
]

describe.each(tables)('$condition', ({ condition, seen, rows }) => {
  const cases = rows.flatMap(([conditions, cells]) =>
    Object.entries(seen).map(([what, signals], column) => ({
      conditions,
      what,
      signals,
      because: cells[column] === 'x' ? 'unmet: mfa' : `conditionNotMet: ${condition}`,
      isComplete: cells.length === Object.keys(seen).length,
    })),
  )
  test.each(cases)('$conditions, seeing $what: $because', ({ conditions, signals, because, isComplete }) => {
    expect(isComplete).toBe(true)
    const { applications, ...others } = conditions as { applications?: object }
    const policy = policyOf({ conditions: others, grant: demands(['mfa']), ...(applications && { applications }) })
    const [judged] = evaluate([policy], { ...ordinary, ...signals }).policies
    expect(judged?.reason).toBe(because)
  })
})
