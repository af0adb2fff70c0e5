import { qrPicture } from '../pages/qr-picture.ts'
import { urls } from '../urls.ts'

/** Where a phone gets its configuration profile. */
export interface PhoneDoor {
  readonly address: string
  /** A QR code of the address. */
  readonly picture: string
}

/** @param gateway as this browser reaches it: no phone comes to a machine's loopback address */
export async function phoneDoor(gateway: string): Promise<PhoneDoor | undefined> {
  const { hostname, origin } = new URL(gateway)
  if (/^(?:localhost|127\.|\[::1\]$)/.test(hostname)) return undefined
  const address = `${origin}${urls.connect}?kind=ios-mail`
  return { address, picture: await qrPicture(address) }
}
