import { expect, test } from 'vitest'
import { isSignInName } from './sign-in-name.ts'

test.each([
  { name: 'alice@contoso.com', accepted: true },
  { name: 'CONTOSO\\alice', accepted: true },
  { name: 'contoso.com\\jürgen', accepted: true },
  { name: 'alice', accepted: false },
  { name: '', accepted: false },
  { name: '\\alice', accepted: false },
  { name: 'CONTOSO\\', accepted: false },
  { name: 'CONTOSO\\a\\b', accepted: false },
  { name: 'a@b@c', accepted: false },
  { name: 'al ice@contoso.com', accepted: false },
])('"$name" is a sign-in name: $accepted', ({ name, accepted }) => expect(isSignInName(name)).toBe(accepted))
