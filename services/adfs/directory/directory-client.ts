import { z } from 'zod'
import { type HttpClient, type IncomingResponse, type OutgoingRequest, Unreachable } from '#shared/http/client.ts'
import {
  type CallOrigin,
  networkLogonBody,
  type RefusedLogon,
  type WindowsAccounts,
} from '#shared/windows-authentication/windows-accounts.ts'
import { type RegisteredDevice, registeredDeviceSchema } from '../device-authentication/registered-device.ts'
import { AdfsError } from '../errors.ts'
import { type DirectoryUser, directoryUserSchema } from './directory-user.ts'
import { KeptAccounts, type ReadAccount } from './kept-accounts.ts'

export type { CallOrigin } from '#shared/windows-authentication/windows-accounts.ts'

export type LogonResult = { readonly outcome: 'accepted'; readonly user: DirectoryUser } | RefusedLogon

/** What stands in for LDAP and Netlogon. */
export interface DirectoryClient extends WindowsAccounts<DirectoryUser> {
  logon(identity: string, password: string, origin: CallOrigin): Promise<LogonResult>
  changePassword(
    identity: string,
    passwords: { readonly oldPassword: string; readonly newPassword: string },
    origin: CallOrigin,
  ): Promise<LogonResult>
  /** The certificate is DER; that the client holds its key, TLS has proved. */
  certificateLogon(certificate: Buffer, origin: CallOrigin): Promise<LogonResult>
  findDevice(by: 'thumbprint' | 'deviceId', value: string, origin: CallOrigin): Promise<RegisteredDevice | undefined>
  /** The certificates, DER, of those who certify devices. */
  deviceIssuers(origin: CallOrigin): Promise<readonly Buffer[]>
}

const foundSchema = z.object({ user: directoryUserSchema })
const networkFoundSchema = foundSchema.extend({ sessionBaseKey: z.base64() })
const deviceFoundSchema = z.object({ device: registeredDeviceSchema })
const issuersSchema = z.object({ issuers: z.array(z.base64()) })
const refusedSchema = z.object({
  status: z.string(),
  user: z.object({ userPrincipalName: z.string() }).optional(),
})

const changesSchema = z.object({ changeNumber: z.string().nullable() })
const changeNumberHeader = 'fauxchange-change-number'

export function directoryClient(http: HttpClient, url: string): DirectoryClient {
  const kept = new KeptAccounts()
  const send = async (path: string, request: OutgoingRequest) => {
    try {
      return await http.send(`${url}${path}`, { authenticate: true, ...request })
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      throw new AdfsError('processingFailed', { reason: error.message, cause: error })
    }
  }
  return {
    async logon(identity, password, origin) {
      const response = await send('/logon', { method: 'POST', json: { identity, password }, ...origin })
      if (response.status === 200) return { outcome: 'accepted', user: foundSchema.parse(await response.json()).user }
      return refusalOf(response)
    },
    async certificateLogon(certificate, origin) {
      const json = { certificate: certificate.toString('base64') }
      const response = await send('/logon/certificate', { method: 'POST', json, ...origin })
      if (response.status === 200) return { outcome: 'accepted', user: foundSchema.parse(await response.json()).user }
      return refusalOf(response)
    },
    async networkLogon(credentials, origin) {
      const json = networkLogonBody(credentials)
      const response = await send('/logon/network', { method: 'POST', json, ...origin })
      if (response.status !== 200) return refusalOf(response)
      const { user, sessionBaseKey } = networkFoundSchema.parse(await response.json())
      return { outcome: 'accepted', user, sessionBaseKey: Buffer.from(sessionBaseKey, 'base64') }
    },
    async changePassword(identity, passwords, origin) {
      const response = await send('/password', { method: 'POST', json: { identity, ...passwords }, ...origin })
      if (response.status === 200) return { outcome: 'accepted', user: foundSchema.parse(await response.json()).user }
      return refusalOf(response)
    },
    find(by, value, origin) {
      const query = new URLSearchParams(by === 'sid' ? { sid: value } : accountQuery(value)).toString()
      return kept.find(query, {
        changeNumber: async () => changeNumberIn(await send('/users/changes', origin)),
        read: async () => accountIn(await send(`/users?${query}`, origin)),
      })
    },
    ...deviceSearches(send),
  }
}

type Send = (path: string, request: OutgoingRequest) => Promise<IncomingResponse>

function deviceSearches(send: Send): Pick<DirectoryClient, 'findDevice' | 'deviceIssuers'> {
  return {
    async findDevice(by, value, origin) {
      const response = await send(`/devices?${new URLSearchParams({ [by]: value })}`, origin)
      if (response.status === 200) return deviceFoundSchema.parse(await response.json()).device
      if (response.status === 404) return void (await response.text())
      throw await unexpected(response, 'search for a device')
    },
    async deviceIssuers(origin) {
      const response = await send('/devices/issuers', origin)
      if (response.status !== 200) throw await unexpected(response, 'search for device issuers')
      return issuersSchema.parse(await response.json()).issuers.map((each) => Buffer.from(each, 'base64'))
    },
  }
}

async function changeNumberIn(response: IncomingResponse): Promise<string | undefined> {
  if (response.status !== 200) throw await unexpected(response, 'search')
  return changesSchema.parse(await response.json()).changeNumber ?? undefined
}

async function accountIn(response: IncomingResponse): Promise<ReadAccount | undefined> {
  if (response.status === 404) return void (await response.text())
  if (response.status !== 200) throw await unexpected(response, 'search')
  const changeNumber = response.headers[changeNumberHeader]
  const { user } = foundSchema.parse(await response.json())
  return { user, changeNumber: typeof changeNumber === 'string' ? changeNumber : undefined }
}

async function refusalOf(response: IncomingResponse): Promise<RefusedLogon> {
  if (response.status !== 401) throw await unexpected(response, 'logon')
  const { status, user } = refusedSchema.parse(await response.json())
  return { outcome: 'refused', status, userPrincipalName: user?.userPrincipalName }
}

function accountQuery(account: string): Record<string, string> {
  if (account.includes('@')) return { userPrincipalName: account }
  return { samAccountName: account.slice(account.indexOf('\\') + 1) }
}

async function unexpected(response: IncomingResponse, what: string): Promise<AdfsError> {
  const answer = (await response.text()).slice(0, 200)
  const reason = `the directory answered ${response.status} to a ${what}: ${answer}`
  return new AdfsError('processingFailed', { reason })
}
