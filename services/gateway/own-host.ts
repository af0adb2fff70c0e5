import { isIP } from 'node:net'

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']
const wildcards = ['0.0.0.0', '::']

/**
 * Whether a Host header means the gateway itself. A page of a foreign site whose name was re-pointed to loopback
 * (DNS rebinding) sends its own name here. A gateway that listens everywhere has every address of its machine, and
 * those that lead to it by port forwarding: an address cannot be re-pointed.
 */
export function isOwnHost(host: string | undefined, bind: string, more: readonly string[] = []): boolean {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '') ?? []
  const address = name.replace(/^\[|\]$/g, '')
  if (wildcards.includes(bind)) {
    if (isIP(address) !== 0) return !wildcards.includes(address)
  } else if (address.toLowerCase() === bind.toLowerCase()) return true
  return [...loopbackNames, ...more].includes(name.toLowerCase())
}
