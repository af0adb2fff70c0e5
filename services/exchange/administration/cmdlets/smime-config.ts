import { anchorsSetting, certificatesOfStore } from '../../organization/smime-anchors.ts'
import type { Cmdlet, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { bytesIn } from './byte-arrays.ts'

/** Whom certificates for mail are trusted from ("Set-SmimeConfig"). */
export const smimeConfigCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-SmimeConfig',
    parameters: { Identity: 'identity' },
    run: async ({ organization }) => {
      const anchors = (await organization.settings())[anchorsSetting]
      return [{ Identity: 'Smime Configuration', Name: 'Smime Configuration', [anchorsSetting]: anchors ?? [] }]
    },
  },
  {
    name: 'Set-SmimeConfig',
    parameters: { Identity: 'identity', [anchorsSetting]: 'texts' },
    run: async ({ organization }, { [anchorsSetting]: given }) => {
      if (given !== undefined) await organization.changeSettings({ [anchorsSetting]: anchorsIn(given) })
      return []
    },
  },
]

function anchorsIn(given: Parameters[string]): readonly string[] {
  if (Array.isArray(given) && given.length === 0) return []
  const found = certificatesOfStore(bytesIn(given, anchorsSetting))
  if (found.length > 0) return found.map((each) => each.toString('base64'))
  throw new CmdletError('badValue', `${anchorsSetting} is no serialized certificate store (SST).`)
}
