import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { defaultScenarioFile } from '#shared/scenario/load.ts'

type Plain = Record<string, unknown>

const group = 'Second factor for the desktop application'

/** A code is good once in half a minute: so many people sign in without the clock in between. */
export const secondFactorPeople = Array.from({ length: 20 }, (_, index) => ({
  upn: `factor${index}@contoso.com`,
  password: 'Bench-Pass1',
}))

/** The default world, with people of the federated domain whom Conditional Access asks for a second factor. */
export async function signInWorld(folder: string): Promise<string> {
  const world = parse(await readFile(defaultScenarioFile, 'utf8')) as Plain & {
    users: Plain[]
    groups: Plain[]
    entra: Plain & { conditionalAccess: { policies: Plain[] } }
  }
  const people = secondFactorPeople.map(({ upn, password }, index) => ({
    userPrincipalName: upn,
    displayName: `Factor ${index}`,
    password,
    groups: ['All Staff', group],
    mfa: { methods: [{ type: 'totp', secret: 'MFWGSY3FEBQWYZLYME2DKNRX' }] },
  }))
  const policy = {
    displayName: 'Second factor for the desktop application',
    conditions: {
      users: { includeGroups: [group] },
      applications: { includeApplications: ['All'] },
    },
    grantControls: { builtInControls: ['mfa'] },
  }
  const scenario = {
    ...world,
    users: [...world.users, ...people],
    groups: [...world.groups, { name: group }],
    entra: { ...world.entra, conditionalAccess: { policies: [...world.entra.conditionalAccess.policies, policy] } },
  }
  const file = join(folder, 'sign-in-world.yaml')
  // JSON is YAML.
  await writeFile(file, JSON.stringify(scenario))
  return file
}
