import { expect, test } from 'vitest'
import { pageTexts } from './page-texts.ts'

const global = {
  companyName: 'Contoso',
  signInPageDescriptionText: 'Hello',
  locales: { de: { signInPageDescriptionText: 'Hallo' }, 'fr-CA': { signInPageDescriptionText: 'Allô' } },
}
const own = { companyName: 'Payroll', locales: { 'de-AT': { companyName: 'Lohn' } } }

test.each([
  { languages: undefined, company: 'Contoso', text: 'Hello' },
  { languages: 'de', company: 'Contoso', text: 'Hallo' },
  { languages: 'DE-ch;q=0.8, en;q=0.1', company: 'Contoso', text: 'Hallo' },
  { languages: 'fr, de;q=0', company: 'Contoso', text: 'Hello' },
  { languages: 'en;q=0.2,fr-CA;q=0.9', company: 'Contoso', text: 'Allô' },
  { languages: '*, ;;, de;q=x', company: 'Contoso', text: 'Hello' },
  { languages: 'de', trust: own, company: 'Payroll', text: 'Hallo' },
  { languages: 'de-AT', trust: own, company: 'Lohn', text: 'Hallo' },
])('$languages: $company, $text', ({ languages, trust, company, text }) => {
  expect(pageTexts(languages, global, trust)).toEqual({ companyName: company, signInPageDescriptionText: text })
})
