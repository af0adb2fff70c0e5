declare module 'js-md4' {
  const md4: { update(message: Uint8Array): { hex(): string } }
  export default md4
}
