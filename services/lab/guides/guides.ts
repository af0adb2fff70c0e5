/** The guides by task, by the names of their files; `index` lists them. */
export const guides = [
  'index',
  'playwright',
  'conditional-access',
  'msal',
  'service-provider',
  'activesync',
  'contract-test',
  'continuous-integration',
] as const
