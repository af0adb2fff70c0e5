/** Also with `.aspx` at the end, as older documentation writes it. */
export const idpInitiatedPath = '/adfs/ls/idpinitiatedsignon'
