import { z } from 'zod'
import { url } from './schema-values.ts'

const text = z.string().min(1).optional()

/** Set-AdfsGlobalWebContent. */
export const webContentSchema = z.strictObject({
  companyName: text.describe('The name at the head of the pages; the display name of the service when left out.'),
  signInPageDescriptionText: text.describe('What the sign-in page says below the form.'),
  signOutPageDescriptionText: text.describe('What the sign-out page says.'),
  errorPageDescriptionText: text.describe('What every error page says.'),
  errorPageAuthorizationErrorMessage: text.describe('What somebody reads who is denied access.'),
  errorPageDeviceAuthenticationErrorMessage: text.describe('What somebody reads whose device is refused.'),
  helpDeskLink: url.optional().describe('Where the help desk is.'),
  homeLink: url.optional().describe('Where the home page of the company is.'),
  privacyLink: url.optional().describe('Where the company tells about privacy.'),
})
