import type { FastifyRequest } from 'fastify'
import type { ExchangeObject } from './cmdlet.ts'
import { CmdletError } from './cmdlet-error.ts'
import type { Invocation } from './invoke-command.ts'

interface Resource {
  readonly cmdlet: string
  /** What comes when nobody asks for more (`PropertySets=Minimum`). */
  readonly minimum: readonly string[]
}

const recipient = [
  'ExternalDirectoryObjectId',
  'UserPrincipalName',
  'Alias',
  'DisplayName',
  'DistinguishedName',
  'EmailAddresses',
  'ExchangeVersion',
  'Guid',
  'Id',
  'Name',
  'OrganizationId',
  'PrimarySmtpAddress',
  'RecipientType',
  'RecipientTypeDetails',
]

/** The collections that Get-EXOMailbox and its kin read by GET ("Property sets in Exchange Online PowerShell cmdlets"). */
const resources: Readonly<Record<string, Resource>> = {
  mailbox: { cmdlet: 'Get-Mailbox', minimum: recipient },
  recipient: { cmdlet: 'Get-Recipient', minimum: recipient },
  casmailbox: {
    cmdlet: 'Get-CASMailbox',
    minimum: [
      'Identity',
      'Guid',
      'Name',
      'DisplayName',
      'PrimarySmtpAddress',
      'EmailAddresses',
      'OrganizationId',
      'ActiveSyncEnabled',
      'ECPEnabled',
      'EwsEnabled',
      'ImapEnabled',
      'MAPIEnabled',
      'OWAEnabled',
      'PopEnabled',
    ],
  },
}

export interface ResourceRequest {
  readonly invocation: Invocation
  readonly shown: (object: ExchangeObject) => ExchangeObject
}

/** `/Mailbox`, `/Mailbox('id')`, `/CasMailbox`; the id in base64 with `IsEncoded=True`. */
export function readResource({ params, query }: Pick<FastifyRequest, 'params' | 'query'>): ResourceRequest {
  const { resource: written, '*': below } = params as { resource: string; '*'?: string }
  const asked = query as Readonly<Record<string, string | undefined>>
  const [, name = '', id] = /^(\w+)(?:\('((?:[^']|'')*)'\))?$/.exec(written) ?? []
  const resource = Object.hasOwn(resources, name.toLowerCase()) ? resources[name.toLowerCase()] : undefined
  if (!resource) throw notThere(written)
  const Identity = id === undefined ? undefined : identityIn(id, asked.IsEncoded)
  if (below) return readBelow(`${name}/${below}`, Identity)
  const parameters = {
    ...(Identity !== undefined && { Identity }),
    ...(asked.$filter !== undefined && { Filter: asked.$filter }),
    ...(asked.ResultSize !== undefined && { ResultSize: sizeIn(asked.ResultSize) }),
  }
  const isWhole = (asked.PropertySets ?? asked.PropertySet ?? '').toLowerCase().split(',').includes('all')
  const whole = isWhole || asked.$select !== undefined
  return {
    invocation: { name: resource.cmdlet, parameters },
    shown: (object) => (whole ? object : only(object, resource.minimum)),
  }
}

/** What belongs to one of them, and the parameter that names the owner. */
const belongings: readonly (readonly [path: RegExp, cmdlet: string, owner: string])[] = [
  [/^mailbox\/mobiledevice\/exchange\.getmobiledevicestatistics(\(\))?\/?$/i, 'Get-MobileDeviceStatistics', 'Mailbox'],
  [/^mailbox\/exchange\.getmailboxstatistics(\(\))?\/?$/i, 'Get-MailboxStatistics', 'Identity'],
  [/^mailbox\/mailboxpermission\/?$/i, 'Get-MailboxPermission', 'Identity'],
  [/^recipient\/recipientpermission\/?$/i, 'Get-RecipientPermission', 'Identity'],
]

function readBelow(path: string, Identity: string | undefined): ResourceRequest {
  const [, cmdlet, owner = ''] = belongings.find(([pattern]) => pattern.test(path)) ?? []
  if (cmdlet === undefined || Identity === undefined) throw notThere(path.slice(path.indexOf('/') + 1))
  return { invocation: { name: cmdlet, parameters: { [owner]: Identity } }, shown: (object) => object }
}

function identityIn(id: string, isEncoded: string | undefined): string {
  const text = id.replaceAll("''", "'")
  return isEncoded?.toLowerCase() === 'true' ? Buffer.from(text, 'base64').toString() : text
}

function sizeIn(text: string): number | 'Unlimited' {
  return /^\d+$/.test(text) ? Number(text) : 'Unlimited'
}

function only(object: ExchangeObject, names: readonly string[]): ExchangeObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)))
}

function notThere(written: string): CmdletError {
  return new CmdletError('objectNotFound', `Resource not found for the segment '${written}'.`)
}
