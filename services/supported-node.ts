/** From here on, `node:sqlite` is there without a switch and tells the columns of a statement. */
const oldest = { major: 22, minor: 16 }

/**
 * Why Fauxchange cannot run on a version of Node such as `20.20.2`, and what helps.
 * @returns undefined where it can
 */
export function unsupportedNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return undefined
  return (
    `fauxchange needs Node ${oldest.major}.${oldest.minor} or later, and this is Node ${version}. ` +
    'Where no other can be installed: npm install --save-dev node@24, which npx and npm scripts then run.'
  )
}
