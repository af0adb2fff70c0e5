import { derivedGuid } from '#shared/scenario/identifiers.ts'
import type { User } from '#shared/scenario/world.ts'
import { type Xml, xml, xmlText } from '#shared/xml/markup.ts'

type Value = string | boolean | number | Buffer
type Payload = Readonly<Record<string, Value | readonly Payload[]>>

/**
 * A configuration profile (`.mobileconfig`) for Mail on iOS and macOS: an Exchange ActiveSync account, and the CA.
 * Payloads `com.apple.eas.account` and `com.apple.security.root` of Apple's Device Management documentation.
 */
export function mailProfile({ userPrincipalName, mailbox, displayName }: User, hosts: { mail: string }, caPem: string) {
  const online = mailbox?.location === 'online'
  const account: Payload = {
    ...envelope('com.apple.eas.account', `Mail of ${displayName}`, userPrincipalName),
    Host: online ? 'outlook.office365.com' : hosts.mail,
    EmailAddress: userPrincipalName,
    UserName: userPrincipalName,
    SSL: true,
    ...(online && { OAuth: true }),
  }
  const authority: Payload = {
    ...envelope('com.apple.security.root', 'CA of a Fauxchange stack', 'authority'),
    PayloadCertificateFileName: 'fauxchange-ca.pem',
    PayloadContent: Buffer.from(caPem),
  }
  const profile: Payload = {
    ...envelope('Configuration', `Fauxchange: ${displayName}`, `profile.${userPrincipalName}`),
    PayloadDescription: 'A mailbox of a mock on a machine of yours, and the CA that it needs. For test devices only.',
    PayloadRemovalDisallowed: false,
    PayloadContent: [authority, account],
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
${xmlText(xml`<plist version="1.0">${dictionary(profile)}</plist>`)}
`
}

function envelope(type: string, name: string, what: string): Payload {
  return {
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `fauxchange.${what}`,
    PayloadUUID: derivedGuid('profile', what).toUpperCase(),
    PayloadDisplayName: name,
  }
}

function dictionary(payload: Payload): Xml {
  return xml`<dict>${Object.entries(payload).map(([key, value]) => xml`<key>${key}</key>${element(value)}`)}</dict>`
}

function element(value: Payload[string]): Xml {
  if (typeof value === 'string') return xml`<string>${value}</string>`
  if (typeof value === 'number') return xml`<integer>${String(value)}</integer>`
  if (typeof value === 'boolean') return value ? xml`<true/>` : xml`<false/>`
  if (Buffer.isBuffer(value)) return xml`<data>${value.toString('base64')}</data>`
  return xml`<array>${(value as readonly Payload[]).map(dictionary)}</array>`
}
