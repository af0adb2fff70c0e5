import { z } from 'zod'

export const accessControlPolicySchema = z.strictObject({
  name: z.string().min(1).describe('The name of the policy, such as Permit everyone.'),
  parameters: z
    .strictObject({
      groups: z.array(z.string()).min(1).optional().describe('The groups of the policy, by name (GroupParameter).'),
    })
    .prefault({})
    .describe('What the policy is given for this application.'),
})
