import { z } from 'zod'
import { guid, isoInstant, userPrincipalName } from './schema-values.ts'

const samAccountName = z
  .string()
  .regex(
    /^[^"/\\[\]:;|=,+*?<>@\s]{1,20}$/,
    'a sAMAccountName has 1 to 20 characters without blanks and "/\\[]:;|=,+*?<>@',
  )

const sid = z.string().regex(/^S-1-\d+(-\d+)+$/, 'expected a security identifier such as S-1-5-21-1-2-3-1104')

const pushSchema = z.strictObject({
  type: z.literal('push').describe('Microsoft Authenticator: a notification on the phone.'),
  deviceName: z.string().min(1).default('Phone').describe('The name under which the phone is registered.'),
  numberMatching: z
    .boolean()
    .default(true)
    .describe('Whether the person must type the number of the sign-in page into the phone.'),
})

const totpSchema = z.strictObject({
  type: z.literal('totp').describe('A verification code from an authenticator app (RFC 6238, 6 digits, 30 seconds).'),
  secret: z
    .string()
    .regex(/^[A-Za-z2-7][A-Za-z2-7 ]*=*$/, 'a TOTP secret is base32: letters and the digits 2 to 7')
    .transform((value) => value.replaceAll(' ', '').toUpperCase())
    .describe('The shared secret in base32, which any authenticator app takes.'),
})

const phoneNumber = z
  .string()
  .regex(/^\+\d{1,3} ?\d[\d ]{4,14}$/, 'expected an international number such as +1 4255550101')

const smsSchema = z.strictObject({
  type: z.literal('sms').describe('A code in a text message.'),
  phoneNumber: phoneNumber.describe('The mobile number that receives the code.'),
})

const voiceSchema = z.strictObject({
  type: z.literal('voice').describe('A call, to be answered with the # key.'),
  phoneNumber: phoneNumber.describe('The number that rings.'),
  phoneType: z.enum(['mobile', 'alternateMobile', 'office']).default('mobile').describe('Which phone that is.'),
})

export const mfaMethodSchema = z
  .discriminatedUnion('type', [pushSchema, totpSchema, smsSchema, voiceSchema])
  .describe('One registered method of multifactor authentication.')

export const userSchema = z.strictObject({
  userPrincipalName: userPrincipalName.describe('The name the person signs in with, in a domain of this file.'),
  samAccountName: samAccountName
    .optional()
    .describe('The name in CONTOSO\\<name>; the part before the @ when left out.'),
  givenName: z.string().optional().describe('The first name.'),
  surname: z.string().optional().describe('The family name.'),
  displayName: z.string().min(1).optional().describe('The full name; first and family name when left out.'),
  password: z.string().min(1).describe('The password, in clear: everything in this world is made up.'),
  enabled: z.boolean().default(true).describe('Whether the account may sign in.'),
  passwordExpired: z.boolean().default(false).describe('Whether the password must be changed before the next sign-in.'),
  lockedOut: z.boolean().default(false).describe('Whether the Active Directory account is locked out.'),
  accountExpires: isoInstant.optional().describe('When the account expires; never when left out.'),
  title: z.string().optional().describe('The job title.'),
  department: z.string().optional().describe('The department.'),
  mobile: z
    .string()
    .optional()
    .describe('The mobile number in the address book, which is not an MFA method by itself.'),
  groups: z.array(z.string()).default([]).describe('The names of the groups the person is a member of.'),
  mailbox: z
    .strictObject({
      location: z.enum(['online', 'onPremises']).describe('Exchange Online or the Exchange server on-premises.'),
    })
    .optional()
    .describe('Where the mailbox is; no mailbox when left out.'),
  licensed: z.boolean().default(true).describe('Whether the person has licences in the tenant (mail, MFA).'),
  synchronized: z
    .boolean()
    .default(true)
    .describe('Whether Entra Connect synchronizes the account from Active Directory to Entra ID.'),
  cloudOnly: z
    .boolean()
    .default(false)
    .describe('Whether the account exists in Entra ID only, not in Active Directory.'),
  mfa: z
    .strictObject({
      methods: z.array(mfaMethodSchema).default([]).describe('The registered methods; none means registration is due.'),
      default: z
        .enum(['push', 'totp', 'sms', 'voice'])
        .optional()
        .describe('The method offered first; the first when left out.'),
    })
    .prefault({})
    .describe('Multifactor authentication in Entra ID, which AD FS uses too.'),
  directoryRoles: z
    .array(z.string())
    .default([])
    .describe('Entra directory roles by name, such as Global Administrator.'),
  objectGuid: guid
    .optional()
    .describe('The objectGUID in Active Directory; derived from the user principal name when left out.'),
  sid: sid.optional().describe('The security identifier; derived from the user principal name when left out.'),
})

export const groupSchema = z.strictObject({
  name: z.string().min(1).describe('The name of the group.'),
  samAccountName: z
    .string()
    .regex(/^[^"/\\[\]:;|=,+*?<>@]{1,256}$/, 'a group account name must not contain "/\\[]:;|=,+*?<>@')
    .optional()
    .describe('The name in CONTOSO\\<name>; the name of the group when left out.'),
  description: z.string().optional().describe('What the group is for.'),
  members: z
    .array(userPrincipalName)
    .default([])
    .describe('Members by user principal name, in addition to those who name the group themselves.'),
  synchronized: z.boolean().default(true).describe('Whether Entra Connect synchronizes the group to Entra ID.'),
  objectGuid: guid.optional().describe('The objectGUID in Active Directory; derived from the name when left out.'),
  sid: sid.optional().describe('The security identifier; derived from the name when left out.'),
})

export const deviceSchema = z.strictObject({
  displayName: z.string().min(1).describe('The name of the device.'),
  deviceId: guid.optional().describe('The device id in Entra ID; derived from the name when left out.'),
  owner: userPrincipalName.optional().describe('The person the device belongs to.'),
  operatingSystem: z.enum(['Windows', 'iOS', 'Android', 'macOS', 'Linux']).describe('The operating system.'),
  operatingSystemVersion: z.string().optional().describe('The version of the operating system.'),
  trustType: z
    .enum(['AzureAd', 'ServerAd', 'Workplace'])
    .describe('Entra joined, hybrid joined (also in Active Directory), or merely registered.'),
  isManaged: z.boolean().default(false).describe('Whether the device is enrolled in mobile device management.'),
  isCompliant: z.boolean().default(false).describe('Whether mobile device management calls the device compliant.'),
  deviceOwnership: z.enum(['Company', 'Personal']).default('Company').describe('Who owns the device.'),
})
