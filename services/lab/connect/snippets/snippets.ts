import type { Kind } from '../kinds.ts'
import { mailSnippets } from './mail.ts'
import { msalSnippets } from './msal.ts'
import { openIdConnectSnippets } from './openid-connect.ts'
import { samlSnippets } from './saml.ts'
import type { Snippet } from './snippet.ts'
import { wsFederationSnippets } from './ws-federation.ts'

/** By kind; what has none is told by its facts alone. */
export const snippets: Readonly<Partial<Record<Kind, Snippet>>> = {
  ...msalSnippets,
  ...openIdConnectSnippets,
  ...samlSnippets,
  ...wsFederationSnippets,
  ...mailSnippets,
}
