import { localPath } from '../web-session/local-path.ts'
import type { VirtualDirectory } from '../web-session/web-sign-in.ts'

/** The newer web client is wrapped in a path of `/owa/`, whose `redirectTo` is base64url. */
export function returnPathFor(url: { readonly origin: string; readonly pathAndQuery: string }): string {
  if (/^\/(owa|ecp)\//i.test(url.pathAndQuery)) return url.pathAndQuery
  return `/owa/?state=1&redirectTo=${Buffer.from(`${url.origin}${url.pathAndQuery}`).toString('base64url')}`
}

/** Where a person may be sent after signing in: our own paths and, by `redirectTo`, our own hosts. */
export function returnTargetOf(returnPath: string, directory: VirtualDirectory, webHosts: readonly string[]): string {
  const path = localPath(returnPath)
  if (path === undefined) return `/${directory}/`
  const redirectTo = new URLSearchParams(path.split('?')[1] ?? '').get('redirectTo')
  if (redirectTo === null) return path
  const target = Buffer.from(redirectTo, 'base64url').toString('utf8')
  return isOwn(target, webHosts) ? new URL(target).href : '/owa/'
}

function isOwn(target: string, webHosts: readonly string[]): boolean {
  if (!URL.canParse(target)) return false
  const { protocol, hostname, username, password } = new URL(target)
  return protocol === 'https:' && webHosts.includes(hostname) && username === '' && password === ''
}
