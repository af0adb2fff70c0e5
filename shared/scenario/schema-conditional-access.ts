import { z } from 'zod'
import { guid } from './schema-values.ts'

/** The shape of Graph's conditionalAccessPolicy; users, groups, roles, apps and locations may be given by name. */
const names = (what: string) => z.array(z.string().min(1)).default([]).describe(what)

const guestsSchema = z
  .strictObject({
    guestOrExternalUserTypes: z.string().describe('Kinds of guests, separated by commas.'),
    externalTenants: z.unknown().optional().describe('The tenants the guests come from.'),
  })
  .nullable()
  .default(null)

const usersSchema = z.strictObject({
  includeUsers: names('User principal names or ids, or All, None, GuestsOrExternalUsers.'),
  excludeUsers: names('User principal names or ids that the policy spares.'),
  includeGroups: names('Groups by name or id.'),
  excludeGroups: names('Groups by name or id that the policy spares.'),
  includeRoles: names('Directory roles by name or template id.'),
  excludeRoles: names('Directory roles by name or template id that the policy spares.'),
  includeGuestsOrExternalUsers: guestsSchema.describe('Kinds of guests the policy is for.'),
  excludeGuestsOrExternalUsers: guestsSchema.describe('Kinds of guests the policy spares.'),
})

const filterSchema = z
  .strictObject({
    mode: z.enum(['include', 'exclude']).describe('Whether what matches is in or out.'),
    rule: z.string().min(1).max(3072).describe('The rule, such as device.isCompliant -eq True.'),
  })
  .nullable()
  .default(null)

const applicationsSchema = z.strictObject({
  includeApplications: names('Cloud apps by app id or name, or All, None, Office365, MicrosoftAdminPortals.'),
  excludeApplications: names('Cloud apps by app id or name that the policy spares.'),
  includeUserActions: z
    .array(z.enum(['urn:user:registersecurityinfo', 'urn:user:registerdevice']))
    .default([])
    .describe('User actions the policy is for, instead of cloud apps.'),
  includeAuthenticationContextClassReferences: names('Authentication contexts c1 to c99, instead of cloud apps.'),
  applicationFilter: filterSchema.describe('A filter on attributes of applications.'),
})

const platform = z.enum(['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux', 'all'])

const platformsSchema = z
  .strictObject({
    includePlatforms: z.array(platform).default([]).describe('Device platforms the policy is for.'),
    excludePlatforms: z.array(platform).default([]).describe('Device platforms the policy spares.'),
  })
  .nullable()
  .default(null)

const locationsSchema = z
  .strictObject({
    includeLocations: names('Named locations by name or id, or All, AllTrusted.'),
    excludeLocations: names('Named locations by name or id that the policy spares, or AllTrusted.'),
  })
  .nullable()
  .default(null)

const clientApplicationsSchema = z
  .strictObject({
    includeServicePrincipals: names('Service principals by id, or ServicePrincipalsInMyTenant.'),
    excludeServicePrincipals: names('Service principals by id that the policy spares.'),
    servicePrincipalFilter: filterSchema.describe('A filter on attributes of service principals.'),
  })
  .nullable()
  .default(null)

const riskLevels = z.array(z.enum(['low', 'medium', 'high', 'hidden', 'none'])).default([])

const conditionsSchema = z.strictObject({
  users: usersSchema.describe('Whom the policy is for.'),
  applications: applicationsSchema.describe('Which cloud apps or user actions the policy is for.'),
  clientApplications: clientApplicationsSchema.describe('Which workload identities the policy is for.'),
  clientAppTypes: z
    .array(z.enum(['all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other']))
    .min(1)
    .default(['all'])
    .describe('Which kinds of client the policy is for.'),
  platforms: platformsSchema.describe('Which device platforms the policy is for; any when null.'),
  locations: locationsSchema.describe('Which network locations the policy is for; any when null.'),
  devices: z
    .strictObject({ deviceFilter: filterSchema.describe('The filter on properties of the device.') })
    .nullable()
    .default(null)
    .describe('Which devices the policy is for; any when null.'),
  userRiskLevels: riskLevels.describe('User risk levels the policy is for; any when empty.'),
  signInRiskLevels: riskLevels.describe('Sign-in risk levels the policy is for; any when empty.'),
  servicePrincipalRiskLevels: riskLevels.describe('Risk levels of workload identities the policy is for.'),
  insiderRiskLevels: z.string().nullable().default(null).describe('Insider risk levels, separated by commas.'),
  authenticationFlows: z
    .strictObject({
      transferMethods: z.string().describe('The ways: deviceCodeFlow, authenticationTransfer, or both.'),
    })
    .nullable()
    .default(null)
    .describe('Which ways to transfer a sign-in the policy is for.'),
})

const grantControl = z.enum([
  'block',
  'mfa',
  'compliantDevice',
  'domainJoinedDevice',
  'approvedApplication',
  'compliantApplication',
  'passwordChange',
])

const grantControlsSchema = z.strictObject({
  operator: z.enum(['AND', 'OR']).default('OR').describe('Whether all controls are needed or one is enough.'),
  builtInControls: z.array(grantControl).default([]).describe('What a sign-in must bring to be let in; or block.'),
  customAuthenticationFactors: names('Custom controls by id.'),
  termsOfUse: names('Terms of use by name or id.'),
  authenticationStrength: z
    .strictObject({ id: guid.describe('The id of the authentication strength.') })
    .nullable()
    .default(null)
    .describe('The authentication strength that is required.'),
})

const toggle = z
  .strictObject({ isEnabled: z.boolean().describe('Whether the control is on.') })
  .nullable()
  .default(null)

const signInFrequencySchema = z.strictObject({
  isEnabled: z.boolean().describe('Whether the control is on.'),
  value: z.int().min(1).nullable().default(null).describe('The number of days or hours.'),
  type: z.enum(['days', 'hours']).nullable().default(null).describe('The unit of the value.'),
  authenticationType: z
    .enum(['primaryAndSecondaryAuthentication', 'secondaryAuthentication'])
    .default('primaryAndSecondaryAuthentication')
    .describe('What must be repeated.'),
  frequencyInterval: z.enum(['timeBased', 'everyTime']).default('timeBased').describe('After a time, or every time.'),
})

const sessionControlsSchema = z.strictObject({
  applicationEnforcedRestrictions: toggle.describe('Whether the app itself limits what the session may do.'),
  cloudAppSecurity: z
    .strictObject({
      isEnabled: z.boolean().describe('Whether the control is on.'),
      cloudAppSecurityType: z.enum(['mcasConfigured', 'monitorOnly', 'blockDownloads']).describe('What it does.'),
    })
    .nullable()
    .default(null)
    .describe('Conditional Access App Control.'),
  persistentBrowser: z
    .strictObject({
      isEnabled: z.boolean().describe('Whether the control is on.'),
      mode: z.enum(['always', 'never']).describe('Whether the browser session outlives the browser.'),
    })
    .nullable()
    .default(null)
    .describe('Replaces the question "Stay signed in?".'),
  signInFrequency: signInFrequencySchema.nullable().default(null).describe('When people must sign in again.'),
  secureSignInSession: z
    .strictObject({ isEnabled: z.boolean().describe('Whether the control is on.') })
    .nullish()
    .describe('Whether sign-in sessions are bound to their device (token protection).'),
  continuousAccessEvaluation: z
    .strictObject({
      mode: z
        .enum(['strictEnforcement', 'disabled', 'strictLocation'])
        .describe('Off, or on with locations enforced strictly.'),
    })
    .nullish()
    .describe('How continuous access evaluation is done.'),
  disableResilienceDefaults: z.boolean().nullable().default(null).describe('Whether sessions end in an outage.'),
})

export const conditionalAccessPolicySchema = z.strictObject({
  id: guid.optional().describe('The id of the policy; derived from its name when left out.'),
  displayName: z.string().min(1).describe('The name of the policy.'),
  state: z
    .enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced'])
    .default('enabled')
    .describe('On, off, or report-only.'),
  conditions: conditionsSchema.describe('When the policy applies: all conditions must match.'),
  grantControls: grantControlsSchema.nullable().default(null).describe('What is required to be let in.'),
  sessionControls: sessionControlsSchema.nullable().default(null).describe('What limits the session.'),
})
