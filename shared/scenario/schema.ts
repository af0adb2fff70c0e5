import { z } from 'zod'
import { adfsSchema } from './schema-adfs.ts'
import { autodetectSchema } from './schema-autodetect.ts'
import { entraSchema } from './schema-entra.ts'
import { exchangeSchema } from './schema-exchange.ts'
import {
  domainSchema,
  entraConnectSchema,
  organizationSchema,
  startSchema,
  tenantSchema,
} from './schema-organization.ts'
import { deviceSchema, groupSchema, userSchema } from './schema-people.ts'
import { wapSchema } from './schema-wap.ts'

/** The scenario file as people write it. What services read is the `Scenario` of world.ts, with every default filled in. */
export const scenarioSchema = z
  .strictObject({
    organization: organizationSchema.prefault({}).describe('The organization and its Active Directory.'),
    domains: z.array(domainSchema).min(1).describe('The domains people sign in with; the first is the primary domain.'),
    tenant: tenantSchema.prefault({}).describe('The Entra ID tenant of the organization.'),
    users: z.array(userSchema).default([]).describe('The people.'),
    groups: z.array(groupSchema).default([]).describe('The groups of Active Directory.'),
    devices: z.array(deviceSchema).default([]).describe('The devices.'),
    entra: entraSchema.prefault({}).describe('Applications, locations and policies in Entra ID.'),
    entraConnect: entraConnectSchema.prefault({}).describe('The synchronization from Active Directory to Entra ID.'),
    adfs: adfsSchema.prefault({}).describe('Active Directory Federation Services.'),
    wap: wapSchema.prefault({}).describe('The Web Application Proxy.'),
    exchange: exchangeSchema.prefault({}).describe('Exchange on-premises and Exchange Online.'),
    autodetect: autodetectSchema.prefault({}).describe("Outlook mobile's AutoDetect."),
    start: startSchema.optional(),
  })
  .describe('A world: people, domains, applications, policies and mail.')

export type ScenarioFile = z.output<typeof scenarioSchema>
