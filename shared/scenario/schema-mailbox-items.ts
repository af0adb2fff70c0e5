import { z } from 'zod'
import { instantAroundStart, mailAddress, userPrincipalName } from './schema-values.ts'

const mailbox = userPrincipalName.describe('Whose mailbox it is in.')
const text = z.string().default('').describe('The body as plain text.')
const categories = z.array(z.string().min(1)).default([]).describe('The categories.')

export const appointmentSchema = z.strictObject({
  mailbox,
  subject: z.string().describe('The subject.'),
  start: instantAroundStart.describe('When it begins: a duration from the start such as P1DT2H or -PT2H, or a date.'),
  durationMinutes: z.int().min(0).default(60).describe('How long it takes, in minutes.'),
  allDay: z.boolean().default(false).describe('Whether it takes whole days: from midnight UTC of its first day.'),
  location: z.string().default('').describe('Where it takes place.'),
  text,
  busyStatus: z.enum(['free', 'tentative', 'busy', 'outOfOffice']).default('busy').describe('How the time is shown.'),
  reminderMinutes: z.int().min(0).optional().describe('Minutes before the start at which it reminds.'),
  organizer: mailAddress.optional().describe('Who invited; the owner of the mailbox when left out.'),
  attendees: z.array(mailAddress).default([]).describe('Who is invited.'),
  repeats: z.enum(['daily', 'weekly']).optional().describe('Makes it a series; once when left out.'),
  occurrences: z.int().min(1).max(999).optional().describe('How often it takes place; without end when left out.'),
  categories,
})

export const contactSchema = z.strictObject({
  mailbox,
  firstName: z.string().default('').describe('The first name.'),
  lastName: z.string().default('').describe('The family name.'),
  emailAddress: mailAddress.optional().describe('The e-mail address.'),
  companyName: z.string().default('').describe('The company.'),
  jobTitle: z.string().default('').describe('The job title.'),
  businessPhoneNumber: z.string().default('').describe('The telephone number at work.'),
  mobilePhoneNumber: z.string().default('').describe('The mobile telephone number.'),
  text,
  categories,
})

export const taskSchema = z.strictObject({
  mailbox,
  subject: z.string().describe('The subject.'),
  due: instantAroundStart.optional().describe('The day by which it is to be done.'),
  complete: z.boolean().default(false).describe('Whether it is done.'),
  importance: z.enum(['low', 'normal', 'high']).default('normal').describe('How important it is.'),
  text,
  categories,
})

export const noteSchema = z.strictObject({
  mailbox,
  subject: z.string().describe('The subject.'),
  text,
  categories,
})
