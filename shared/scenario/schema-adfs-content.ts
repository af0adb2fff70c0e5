import { z } from 'zod'
import { url } from './schema-values.ts'

const text = z.string().min(1).optional()

const texts = {
  companyName: text.describe('The name at the head of the pages; the display name of the service when left out.'),
  signInPageDescriptionText: text.describe('What the sign-in page says below the form.'),
  signInPageAdditionalAuthenticationDescriptionText: text.describe('What the pages of the second factor say.'),
  signOutPageDescriptionText: text.describe('What the sign-out page says.'),
  updatePasswordPageDescriptionText: text.describe('What the page for changing the password says.'),
  organizationalNameDescriptionText: text.describe('What the page for choosing the organization says.'),
  errorPageDescriptionText: text.describe('What every error page says.'),
  errorPageGenericErrorMessage: text.describe('What somebody reads when something went wrong.'),
  errorPageAuthorizationErrorMessage: text.describe('What somebody reads who is denied access.'),
  errorPageDeviceAuthenticationErrorMessage: text.describe('What somebody reads whose device is refused.'),
  errorPageSupportEmail: z.email().optional().describe('Where error pages let people write to.'),
  helpDeskLink: url.optional().describe('Where the help desk is.'),
  helpDeskLinkText: text.describe('The text of the link to the help desk.'),
  homeLink: url.optional().describe('Where the home page of the company is.'),
  homeLinkText: text.describe('The text of the link to the home page.'),
  privacyLink: url.optional().describe('Where the company tells about privacy.'),
  privacyLinkText: text.describe('The text of the link to the privacy page.'),
}

export const pageTextsSchema = z.strictObject(texts)

const locale = z
  .string()
  .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, 'expected the name of a culture, such as de or de-AT')

/** Set-AdfsGlobalWebContent and Set-AdfsRelyingPartyWebContent, with -Locale. */
export const webContentSchema = z.strictObject({
  ...texts,
  locales: z
    .record(locale, pageTextsSchema)
    .optional()
    .describe('Texts for browsers that ask for a language, by the name of its culture.'),
})
