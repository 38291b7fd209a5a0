import type { Tenant, Tx, WriteTx } from '@arv/database'
import { assets, companyExports } from '@arv/drizzle/schema/media'
import { companies } from '@arv/drizzle/schema/tenancy'
import { and, asc, count, desc, eq, gt, inArray, lte, or, sql } from 'drizzle-orm'
import { ofTenant } from '../tenant-filter.repository.ts'

export type CompanyExport = typeof companyExports.$inferSelect

const OPEN = ['GATHERING', 'WRITING'] as const

/** Undefined while the company has one that is not finished. */
export async function insertExport(
  tx: WriteTx,
  wanted: Pick<
    typeof companyExports.$inferInsert,
    'companyId' | 'requestedBy' | 'storageConnectionId' | 'path' | 'publicId' | 'fileName'
  >,
): Promise<CompanyExport | undefined> {
  const [inserted] = await tx.drizzle.insert(companyExports).values(wanted).onConflictDoNothing().returning()
  return inserted
}

/** How many archives of the company wait to be fetched; they are outside its quota. */
export async function countArchives(tx: Tx, companyId: number): Promise<number> {
  const [row] = await tx.drizzle
    .select({ archives: count() })
    .from(companyExports)
    .where(and(eq(companyExports.companyId, companyId), eq(companyExports.status, 'COMPLETED')))
  return row?.archives ?? 0
}

export function findExports(tx: Tx, tenant: Tenant, ids: readonly number[]): Promise<CompanyExport[]> {
  return tx.drizzle
    .select()
    .from(companyExports)
    .where(and(inArray(companyExports.id, [...ids]), ofTenant(tenant, companyExports.companyId)))
}

/** The latest exports of companies, up to so many of each, the newest first. */
export async function findExportsOfCompanies(
  tx: Tx,
  companyIds: readonly number[],
  limit: number,
): Promise<CompanyExport[]> {
  const company = tx.drizzle
    .select({ id: companies.id })
    .from(companies)
    .where(inArray(companies.id, [...companyIds]))
    .as('company')
  const latest = tx.drizzle
    .select()
    .from(companyExports)
    .where(eq(companyExports.companyId, company.id))
    .orderBy(desc(companyExports.id))
    .limit(limit)
    .as('latest')
  const rows = await tx.drizzle
    .select()
    .from(company)
    .crossJoinLateral(latest)
    .orderBy(company.id, desc(latest.id))
  return rows.map((row) => row.latest)
}

export async function findArchive(tx: Tx, publicId: string): Promise<CompanyExport | null> {
  const [found] = await tx.drizzle
    .select()
    .from(companyExports)
    .where(and(eq(companyExports.publicId, publicId), eq(companyExports.status, 'COMPLETED')))
  return found ?? null
}

/** Makes a job the one that writes; null when the export is finished, gone, or another job's. */
export async function claimExport(
  tx: WriteTx,
  { companyId, exportId, writer }: { companyId: number; exportId: number; writer: string },
): Promise<CompanyExport | null> {
  const mine = and(eq(companyExports.status, 'WRITING'), eq(companyExports.writer, writer))
  const [claimed] = await tx.drizzle
    .update(companyExports)
    .set({
      status: 'WRITING',
      writer,
      startedAt: sql`coalesce(${companyExports.startedAt}, now())`,
      progress: 0,
    })
    .where(
      and(
        eq(companyExports.companyId, companyId),
        eq(companyExports.id, exportId),
        or(eq(companyExports.status, 'GATHERING'), mine),
      ),
    )
    .returning()
  return claimed ?? null
}

/** Of an export that is being written by who claimed it; false when it is not, any more. */
export async function updateWriting(
  tx: WriteTx,
  { companyId, id, writer }: CompanyExport,
  changes: Partial<typeof companyExports.$inferInsert>,
): Promise<boolean> {
  const updated = await tx.drizzle
    .update(companyExports)
    .set(changes)
    .where(
      and(
        eq(companyExports.companyId, companyId),
        eq(companyExports.id, id),
        eq(companyExports.status, 'WRITING'),
        writer === null ? undefined : eq(companyExports.writer, writer),
      ),
    )
  return updated.count > 0
}

/** Ends whatever a company's exports, or one of them, are at. */
export function failExports(
  tx: WriteTx,
  companyId: number,
  exportId: number | null,
  errorCode: 'STORAGE_FAILED' | 'INTERNAL',
): Promise<CompanyExport[]> {
  return tx.drizzle
    .update(companyExports)
    .set({ status: 'FAILED', errorCode, finishedAt: sql`now()` })
    .where(
      and(
        eq(companyExports.companyId, companyId),
        exportId === null ? undefined : eq(companyExports.id, exportId),
        inArray(companyExports.status, [...OPEN]),
      ),
    )
    .returning()
}

/** What subgraphs gave for an export, once it is in the archive or of no use. */
export async function forgetGivenRows({ sql: run }: WriteTx, companyId: number, id: number): Promise<void> {
  await run`delete from leaving.export_lines where company_id = ${companyId} and export_id = ${id}`
  await run`delete from leaving.export_parts where company_id = ${companyId} and export_id = ${id}`
}

export function findExpiredExports(tx: Tx): Promise<CompanyExport[]> {
  return tx.drizzle
    .select()
    .from(companyExports)
    .where(and(eq(companyExports.status, 'COMPLETED'), lte(companyExports.expiresAt, sql`now()`)))
    .orderBy(asc(companyExports.expiresAt))
    .limit(100)
}

export async function markRemoved(tx: WriteTx, { companyId, id }: CompanyExport): Promise<void> {
  await tx.drizzle
    .update(companyExports)
    .set({ status: 'REMOVED' })
    .where(and(eq(companyExports.companyId, companyId), eq(companyExports.id, id)))
}

export type ExportedAsset = Pick<
  typeof assets.$inferSelect,
  'id' | 'fileName' | 'path' | 'sizeBytes' | 'storageConnectionId' | 'createdAt'
>

const ASSETS_A_PAGE = 500

/** The files of a company that are whole, behind one, in the order of their ids. */
export function findExportedAssets(tx: Tx, companyId: number, after: number): Promise<ExportedAsset[]> {
  const { id, fileName, path, sizeBytes, storageConnectionId, createdAt } = assets
  return tx.drizzle
    .select({ id, fileName, path, sizeBytes, storageConnectionId, createdAt })
    .from(assets)
    .where(and(eq(assets.companyId, companyId), eq(assets.status, 'READY'), gt(id, after)))
    .orderBy(asc(id))
    .limit(ASSETS_A_PAGE)
}

export async function sumFileBytes(tx: Tx, companyId: number): Promise<number> {
  const [row] = await tx.drizzle
    .select({ bytes: sql<string>`coalesce(sum(${assets.sizeBytes}), 0)` })
    .from(assets)
    .where(and(eq(assets.companyId, companyId), eq(assets.status, 'READY')))
  return Number(row?.bytes ?? 0)
}

export async function findSlug(tx: Tx, companyId: number): Promise<string | null> {
  const [company] = await tx.drizzle
    .select({ slug: companies.slug })
    .from(companies)
    .where(eq(companies.id, companyId))
  return company?.slug ?? null
}
