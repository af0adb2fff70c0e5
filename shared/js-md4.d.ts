declare module 'js-md4' {
  const md4: (message: string | Uint8Array) => string
  export default md4
}
