import type { AttributeStore } from '../claim-rules/evaluate.ts'

const warningDays = 14
const secondsOfDay = 86_400

/**
 * `_PasswordExpiryStore`: the seconds and days until the password ends, and where to change it; nothing while that is
 * more than 14 days away ("Configure AD FS to send password expiry claims").
 */
export function passwordExpiryStore(now: Date, changeUrl: string): AttributeStore {
  return {
    async query(_query, [expires = ''], types) {
      const seconds = Math.floor((Date.parse(expires) - now.getTime()) / 1000)
      if (Number.isNaN(seconds) || seconds > warningDays * secondsOfDay) return types.map(() => [])
      const left = Math.max(0, seconds)
      const values = [String(left), String(Math.floor(left / secondsOfDay)), changeUrl]
      return types.map((_type, index) => values.slice(index, index + 1))
    },
  }
}
