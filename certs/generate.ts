import { parseArgs } from 'node:util'
import { openAuthority } from './authority.ts'

const { values } = parseArgs({
  options: { directory: { type: 'string' }, domain: { type: 'string', multiple: true } },
})

if (!values.directory || !values.domain) {
  process.stderr.write('usage: node certs/generate.ts --directory DIR --domain contoso.com [--domain …]\n')
  process.exitCode = 2
} else {
  const authority = await openAuthority({ directory: values.directory, domains: values.domain })
  process.stdout.write(`${authority.caFile}\n`)
}
