import { Gap } from '#shared/errors.ts'

interface GapRow {
  readonly path: string
  readonly what: string
  /** The row of README.md, section "What is not there". */
  readonly row: string
}

/** End points that AD FS has and this service does not, by path prefix. */
const rows: readonly GapRow[] = [
  { path: '/adfs/services', what: 'this end point of the security token service', row: 'Other WS-Trust end points' },
  { path: '/adfs/ls/auth', what: 'the handlers of AD FS 2.x', row: 'AD FS 2.x handlers' },
  { path: '/adfs/proxy', what: 'this part of the proxy configuration', row: 'Proxy trust and configuration' },
  {
    path: '/adfs/backendproxytls',
    what: 'client certificates through the proxy',
    row: 'Certificates through the proxy',
  },
  { path: '/enrollmentserver', what: 'the device registration service', row: 'Device registration' },
]

/** The gap behind a path, if that path leads to one. */
export function gapAt(path: string): Gap | undefined {
  const asked = `${path.toLowerCase().replace(/\.aspx$/, '')}/`
  const row = rows.find((each) => asked.startsWith(`${each.path}/`))
  return row && new Gap(row.what, readmeRow(row.row))
}

function readmeRow(row: string): string {
  return `services/adfs/README.md, "${row}"`
}
