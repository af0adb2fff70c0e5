import { z } from 'zod'

const serverSchema = z.strictObject({
  hostname: z.hostname().describe('The server.'),
  port: z.int().min(1).max(65_535).describe('Its port.'),
  encryption: z.enum(['ssl', 'starttls']).describe('How the connection is encrypted.'),
})

const providerSchema = z.strictObject({
  domain: z.hostname().describe('The domain of the addresses.'),
  imap: serverSchema.describe('Where mail is read.'),
  smtp: serverSchema.describe('Where mail is sent.'),
})

export const autodetectSchema = z.strictObject({
  providers: z
    .array(providerSchema)
    .default([])
    .describe('What AutoDetect knows of providers that offer IMAP and SMTP only; nothing of them runs here.'),
})
