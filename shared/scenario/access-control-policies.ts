/** The access control policies that AD FS 2016 and later bring along, and whether they are given groups. */
export const builtInAccessControlPolicies = {
  'Permit everyone': { groups: false },
  'Permit everyone and require MFA': { groups: false },
  'Permit everyone and require MFA from extranet access': { groups: false },
  'Permit everyone and require MFA for specific group': { groups: true },
  'Permit everyone and require MFA from unauthenticated devices': { groups: false },
  'Permit everyone and require MFA, allow automatic device registration': { groups: false },
  'Permit everyone for intranet access': { groups: false },
  'Permit specific group': { groups: true },
} as const satisfies Record<string, { readonly groups: boolean }>

export type AccessControlPolicyName = keyof typeof builtInAccessControlPolicies
