export default () => globalThis.stopStack()
