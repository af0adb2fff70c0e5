import { generateKeyPairSync, sign } from 'node:crypto'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const data = Buffer.alloc(1024, 'x')
const batch = 50

/** The unit: CPU milliseconds of one RSA-2048 signature here and now. Taken before and after each window. */
export function signatureMilliseconds(): number {
  const before = process.cpuUsage()
  for (let count = 0; count < batch; count += 1) sign('sha256', data, privateKey)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / batch
}
