import { expect, test } from 'vitest'
import type { PublishedApplication } from '#shared/scenario/world.ts'
import { matchApplication } from './match-application.ts'

const published = (externalUrl: string) => ({ name: externalUrl, externalUrl }) as unknown as PublishedApplication
const applications = [
  published('https://mail.contoso.com/owa/'),
  published('https://mail.contoso.com/owa/auth/'),
  published('https://mail.contoso.com/ews/'),
]

test.each([
  { path: '/owa', want: 'https://mail.contoso.com/owa/' },
  { path: '/owa/', want: 'https://mail.contoso.com/owa/' },
  { path: '/OWA/page', want: 'https://mail.contoso.com/owa/' },
  { path: '/owa/auth/x', want: 'https://mail.contoso.com/owa/auth/' },
  { path: '/owax', want: undefined },
  { path: '/', want: undefined },
  { path: '/owa/../ecp/', want: 'https://mail.contoso.com/owa/' },
])('$path is published as $want', ({ path, want }) => {
  expect(matchApplication(applications, { host: 'mail.contoso.com', path })?.name).toBe(want)
})

test('another host is not published', () => {
  expect(matchApplication(applications, { host: 'autodiscover.contoso.com', path: '/owa/' })).toBeUndefined()
})
