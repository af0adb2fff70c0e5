export const updatePasswordPath = '/adfs/portal/updatepassword/'

/** For somebody whose password has expired. */
export function updatePasswordUrl(userName: string): string {
  return `${updatePasswordPath}?${new URLSearchParams({ username: userName })}`
}
