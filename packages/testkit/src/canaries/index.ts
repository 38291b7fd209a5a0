export { type Canaries, type Place, type Sighting, type Tenant, TENANTS } from './canaries.ts'
export { plantCanaries, type Planted } from './plant-canaries.ts'
export { type TableShape } from './table-shapes.ts'
export { rememberTenantRows, type TenantRows } from './tenant-rows.ts'
