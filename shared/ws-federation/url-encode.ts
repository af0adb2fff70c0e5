/** Percent-encodes a query value as .NET's HttpUtility.UrlEncode does: lower-case escapes, `+` for a space. */
export function encodeQueryValue(value: string): string {
  if (/^[\w.-]*$/.test(value)) return value
  return encodeURIComponent(value.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll("'", '%27')
    .replaceAll('~', '%7e')
    .replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase())
}
