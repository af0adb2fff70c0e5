/** How an image of each kind begins, in base64. */
const beginnings = { '/9j/': 'jpeg', iVBORw0KGgo: 'png', R0lGOD: 'gif' } as const

/** A contact's picture as a page may show it; nothing for what is no picture that browsers draw. */
export function pictureUrl(base64: string | undefined): string | undefined {
  const plain = base64?.replace(/\s/g, '') ?? ''
  const kind = Object.entries(beginnings).find(([begin]) => plain.startsWith(begin))?.[1]
  return kind && /^[A-Za-z0-9+/]+=*$/.test(plain) ? `data:image/${kind};base64,${plain}` : undefined
}
