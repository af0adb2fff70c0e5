import { z } from 'zod'

/** How a member server opens Kerberos tickets; `principals` are the service names whose keys the file holds. */
export function kerberosSchema(principals: string) {
  return z
    .strictObject({
      realm: z.string().min(1).describe('The Kerberos realm of the users, such as CONTOSO.COM.'),
      keytab: z
        .string()
        .min(1)
        .describe(`The file with the keys of ${principals}. A process opens tickets with one such file.`),
    })
    .optional()
    .describe('Where tickets come from that Negotiate may carry; NTLM alone when left out.')
}
