import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { metadataNode } from '#shared/saml/_signers.ts'
import { xmlsecAccepts } from '#shared/saml/_xmlsec1.ts'
import { schemaProblems } from '#test/actors/schema-judge.ts'
import { openAuthority } from '../_authority.ts'
import { login, tenantId } from '../token/_token-requests.ts'

interface KeySet {
  readonly keys: readonly { readonly x5c: readonly [string] }[]
}

test.each([tenantId, 'common'])(
  'the metadata of %s is valid, and one of its tenant’s keys signed it',
  async (tenant) => {
    await using authority = await openAuthority()
    const read = async (path: string) => (await authority.fetch(`${login}/${tenant}/${path}`)).text()
    const metadata = await read('federationmetadata/2007-06/federationmetadata.xml')
    expect(schemaProblems(metadata)).toEqual([])
    const { keys } = JSON.parse(await read('discovery/keys')) as KeySet
    const certificates = keys.map(({ x5c: [der] }) => new X509Certificate(Buffer.from(der, 'base64')).toString())
    const accepting = (xml: string) => certificates.filter((each) => xmlsecAccepts(xml, each, [metadataNode]))
    expect(accepting(metadata)).toHaveLength(1)
    expect(accepting(metadata.replaceAll('/wsfed', '/wsfad'))).toHaveLength(0)
    expect(metadata).toContain('/wsfed')
  },
)
