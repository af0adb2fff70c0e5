import type { DeviceSignal } from '../conditional-access/signals.ts'
import type { DirectoryDevice, TrustType } from '../people/devices.ts'

/** A device in the words of Conditional Access. */
export function deviceSignal(device: DirectoryDevice): DeviceSignal {
  const { objectId: _objectId, thumbprint: _thumbprint, registeredAt: _at, lastSignInAt: _last, ...facts } = device
  return facts
}

/** `signin_state`: what tokens say of the device and the network ("Access token claims reference"). */
export function deviceStates(device: DirectoryDevice | undefined): readonly string[] {
  if (!device) return []
  return [
    ...(device.isManaged ? ['dvc_mngd'] : []),
    ...(device.isCompliant ? ['dvc_cmp'] : []),
    ...(device.trustType === 'ServerAd' ? ['dvc_dmjd'] : []),
  ]
}

/** [Graph] deviceDetail. */
export interface DeviceDetail {
  readonly deviceId: string
  readonly displayName: string
  readonly operatingSystem: string
  readonly browser: string
  readonly isCompliant: boolean
  readonly isManaged: boolean
  readonly trustType: string
}

const trustNames: Readonly<Record<TrustType, string>> = {
  AzureAd: 'Azure AD joined',
  ServerAd: 'Hybrid Azure AD joined',
  Workplace: 'Azure AD registered',
}

/** Of a device that did not identify itself, the sign-in log knows what its user agent says. */
export function deviceDetail(device: DeviceSignal | undefined, userAgent: string): DeviceDetail {
  return {
    deviceId: device?.deviceId ?? '',
    displayName: device?.displayName ?? '',
    operatingSystem: operatingSystemOf(userAgent),
    browser: browserOf(userAgent),
    isCompliant: device?.isCompliant ?? false,
    isManaged: device?.isManaged ?? false,
    trustType: device ? trustNames[device.trustType] : '',
  }
}

const systems: readonly (readonly [RegExp, (version: string) => string])[] = [
  [/Windows Phone/, () => 'WindowsPhone'],
  [/Android (\d+)?/, (version) => `Android ${version}`.trim()],
  [/(?:iPhone|iPad|iPod).*? OS (\d+(?:_\d+)?)/, (version) => `Ios ${version.replace('_', '.')}`],
  [/\biOS\b/, () => 'Ios'],
  [/Windows NT 10/, () => 'Windows10'],
  [/Windows NT/, () => 'Windows'],
  [/Macintosh|Mac OS X/, () => 'MacOs'],
  [/Linux|CrOS/, () => 'Linux'],
]

function operatingSystemOf(userAgent: string): string {
  for (const [pattern, name] of systems) {
    const match = pattern.exec(userAgent)
    if (match) return name(match[1] ?? '')
  }
  return ''
}

/** Browsers also claim to be those that came before them. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg(?:e|A|iOS)?\/(\d+(?:\.\d+){0,2})/, 'Edge'],
  [/(?:Firefox|FxiOS)\/(\d+(?:\.\d+){0,2})/, 'Firefox'],
  [/(?:Chrome|CriOS)\/(\d+(?:\.\d+){0,2})/, 'Chrome'],
  [/Version\/(\d+(?:\.\d+){0,2}) Mobile.*Safari/, 'Mobile Safari'],
  [/Version\/(\d+(?:\.\d+){0,2}).*Safari/, 'Safari'],
]

function browserOf(userAgent: string): string {
  for (const [pattern, name] of browsers) {
    const match = pattern.exec(userAgent)
    if (match) return `${name} ${match[1] ?? ''}`.trim()
  }
  return ''
}
