/** A proxy auto-configuration file: the stack's names by way of `proxy`, without a fallback that would leave the machine. */
export function proxyConfiguration(proxy: string, hostNames: readonly string[]): string {
  const names = Object.fromEntries([...hostNames].sort().map((name) => [name, 1]))
  return `var names = ${JSON.stringify(names, undefined, 2)};

function FindProxyForURL(url, host) {
  var name = host.toLowerCase().replace(/\\.$/, '');
  return Object.prototype.hasOwnProperty.call(names, name) ? 'PROXY ${proxy}' : 'DIRECT';
}
`
}
