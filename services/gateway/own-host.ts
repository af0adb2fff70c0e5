const loopbackNames = ['localhost', '127.0.0.1', '[::1]']
const wildcards = ['0.0.0.0', '::']

/**
 * Whether a Host header means the gateway itself. A page of a foreign site whose name was re-pointed to loopback
 * (DNS rebinding) sends its own name here.
 */
export function isOwnHost(host: string | undefined, bind: string, more: readonly string[] = []): boolean {
  const [, name] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '') ?? []
  if (name === undefined) return false
  const bound = wildcards.includes(bind) ? [] : [bind.includes(':') ? `[${bind}]` : bind]
  return [...loopbackNames, ...bound, ...more].includes(name.toLowerCase())
}
