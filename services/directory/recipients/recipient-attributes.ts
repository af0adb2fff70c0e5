import { z } from 'zod'

/** The attributes of Exchange's schema extension, by LDAP name; `null` takes one away. */
export const attributesSchema = z.record(
  z
    .string()
    .regex(
      /^(mail|mailNickname|proxyAddresses|targetAddress|legacyExchangeDN|authOrig|unauthOrig|publicDelegates|extensionAttribute\d{1,2}|msExch\w{1,64})$/,
    ),
  z.array(z.string().max(1024)).max(1000).nullable(),
)
