const ownOrigin = 'https://own.invalid'

/**
 * The path and query, when they stay on the host that redirects to them. Browsers read `\` as `/`, drop tabs and line
 * breaks, and resolve `..`: what they would make of it is what is judged.
 */
export function localPath(candidate: unknown): string | undefined {
  if (typeof candidate !== 'string' || !isRooted(candidate) || !URL.canParse(candidate, ownOrigin)) return undefined
  const url = new URL(candidate, ownOrigin)
  const path = `${url.pathname}${url.search}${url.hash}`
  return url.origin === ownOrigin && isRooted(path) ? path : undefined
}

function isRooted(path: string): boolean {
  return (
    /^\/(?![/\\])[^\\]*$/.test(path) && ![...path].some((character) => character <= '\u001f' || character === '\u007f')
  )
}
