export default {
  globalSetup: './start-stack.js',
  globalTeardown: './stop-stack.js',
  testMatch: ['**/*.jest.js'],
  transform: {},
}
