import { z } from 'zod'
import type { Scenario } from '#shared/scenario/world.ts'
import { apiRoute } from '../api/route.ts'
import { readUsers } from '../directory/active-directory.ts'
import type { Manage } from '../peers/ask.ts'
import { accountsOf } from './accounts.ts'

const texts = z.array(z.string())

const accountSchema = z.object({
  userPrincipalName: z.string(),
  displayName: z.string(),
  password: z.string().nullable().describe('As in the scenario; null for accounts that were created since.'),
  identity: z
    .enum(['federated', 'passwordHashSync', 'passThrough', 'cloudOnly'])
    .describe('Where the password is checked.'),
  mailbox: z.enum(['online', 'onPremises']).nullable(),
  mfa: texts.describe('Methods that the scenario registers.'),
  groups: texts,
  directoryRoles: texts,
  notes: texts.describe('What keeps the account from working as usual.'),
})

export interface AccountParts {
  readonly manage: Manage
  readonly scenario: Scenario
}

export function accountRoutes({ manage, scenario }: AccountParts) {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/accounts',
      name: 'listAccounts',
      summary: 'Who can sign in, with passwords',
      answer: z.object({ accounts: z.array(accountSchema) }),
      refusals: ['deploymentUnreachable'],
      handle: async () => ({
        accounts: accountsOf(scenario, await readUsers(manage)),
      }),
    }),
  ]
}
