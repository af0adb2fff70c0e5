/** A link by a value that one conversation has to itself (state, wctx, code …); `url:` links only name a page. */
export function isSpecific(link: string): boolean {
  return !link.startsWith('url:')
}
