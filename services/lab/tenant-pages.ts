import { actionRoute, type PageRoute, type Place, pageRoute } from './page-actions.ts'
import { gatherPerson, gatherTenant } from './pages/tenant/gather-tenant.ts'
import { personPage } from './pages/tenant/person-page.ts'
import { tenantPage } from './pages/tenant/tenant-page.ts'
import { personActions, tenantActions } from './tenant-actions.ts'
import { urls } from './urls.ts'

const tenant: Place = {
  address: () => urls.tenant,
  show: async (parts, _parameters, said) => tenantPage(await gatherTenant(parts, said)),
}

const person: Place = {
  address: ({ upn = '' }) => urls.person(upn),
  show: async (parts, { upn = '' }, said) => personPage(await gatherPerson(parts, upn, said)),
}

export const tenantPageRoutes: readonly PageRoute[] = [
  pageRoute('/tenant', tenant),
  pageRoute('/people/:upn', person),
  // Where the browser stands after a pass was told.
  pageRoute('/people/:upn/access-pass', person),
  ...tenantActions.map((action) => actionRoute(action, tenant)),
  ...personActions.map((action) => actionRoute(action, person)),
]
