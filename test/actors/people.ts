/** The people of the default world whom tests play. */
export const alice = { upn: 'alice@contoso.com', password: 'Alice-Pass1', mailbox: 'online' } as const
export const bob = { upn: 'bob@contoso.com', password: 'Bob-Pass2', mailbox: 'onPremises' } as const
export const frank = { upn: 'frank@contoso.com', password: 'Frank-Pass8' } as const
export const grace = { upn: 'grace@contoso.com', password: 'Grace-Pass9' } as const
export const peggy = { upn: 'peggy@fabrikam.com', password: 'Peggy-Pass14' } as const
export const trent = { upn: 'trent@wingtiptoys.com', password: 'Trent-Pass15' } as const
