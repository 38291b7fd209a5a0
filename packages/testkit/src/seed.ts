import { randomUUID } from 'node:crypto'
import postgres from 'postgres'

/** Columns that a test wants to be otherwise than usual. */
type Columns = Readonly<Record<string, postgres.ParameterOrJSON<never>>>

export interface SeededCompany {
  readonly id: number
  readonly slug: string
}

export interface SeededUser {
  readonly id: number
  readonly email: string
}

export interface SeededFile {
  readonly id: number
  readonly publicId: string
}

export interface SeededContent {
  readonly id: number
  readonly uniqueId: string
}

/**
 * Puts rows into a test database, past every rule of the subgraphs: company → user with a role in it → project →
 * asset → content → video. Whatever a test doesn't name is usual and unique.
 */
export interface Seed {
  /** As the superuser: for whatever else a test wants to put in or to look at. */
  readonly sql: postgres.Sql
  /** With its storage, at `companies/<id>-<slug>`. */
  company(columns?: Columns): Promise<SeededCompany>
  user(columns?: Columns): Promise<SeededUser>
  membership(companyId: number, userId: number, role: 'OWNER' | 'EDITOR' | 'VIEWER'): Promise<number>
  project(companyId: number, columns?: Columns): Promise<number>
  /** READY, and an image unless told otherwise; there is no file behind it. */
  asset(companyId: number, columns?: Columns): Promise<SeededFile>
  /** Of a project and an image of the company. */
  content(companyId: number, projectId: number, imageId: number, columns?: Columns): Promise<SeededContent>
  video(companyId: number, contentId: number, fileId: number, columns?: Columns): Promise<SeededContent>
  /** Of an image of the company, on its storage. */
  portrait(companyId: number, imageId: number, columns?: Columns): Promise<SeededContent>
  close(): Promise<void>
}

/** @example const seed = createSeed(database.ownerUrl); const acme = await seed.company({ name: 'Acme' }) */
export function createSeed(ownerUrl: string): Seed {
  const sql = postgres(ownerUrl, { max: 2, onnotice: () => {} })
  let made = 0
  const insert = async <Row extends object>(table: string, returning: string, columns: Columns) => {
    const [row] = await sql<
      Row[]
    >`insert into ${sql(table)} ${sql(columns)} returning ${sql.unsafe(returning)}`
    if (!row) throw new Error(`${table} took no row`)
    return row
  }
  const insertForId = async (table: string, columns: Columns) =>
    (await insert<{ id: number }>(table, 'id', columns)).id

  return {
    sql,
    company: async (columns = {}) => {
      const name = `Company ${++made}`
      const [storage] = await sql<{ id: number }[]>`select id from media.storage_connections where is_default`
      const storageConnectionId = storage?.id ?? null
      const company = await insert<SeededCompany>('tenancy.companies', 'id, slug', {
        name,
        slug: `company-${made}`,
        storage_connection_id: storageConnectionId,
        ...columns,
      })
      await insert('media.storage_usage', 'company_id', {
        company_id: company.id,
        storage_connection_id: storageConnectionId,
        storage_path: `companies/${company.id}-${company.slug}`,
      })
      return company
    },
    user: (columns = {}) =>
      insert('tenancy.users', 'id, email', {
        email: `user-${++made}@example.com`,
        name: `User ${made}`,
        ...columns,
      }),
    membership: (companyId, userId, role) =>
      insertForId('tenancy.memberships', { company_id: companyId, user_id: userId, role }),
    project: (companyId, columns = {}) =>
      insertForId('tenancy.projects', {
        company_id: companyId,
        name: `Project ${++made}`,
        slug: `project-${made}`,
        folder_path: `projects/project-${made}`,
        ...columns,
      }),
    asset: async (companyId, columns = {}) => {
      const publicId = randomUUID()
      const [storage] = await sql<{ id: number }[]>`
        select storage_connection_id as id from tenancy.companies where id = ${companyId}`
      return insert('media.assets', 'id, public_id as "publicId"', {
        company_id: companyId,
        public_id: publicId,
        kind: 'IMAGE',
        status: 'READY',
        storage_connection_id: storage?.id ?? null,
        file_name: 'photo.jpg',
        path: `images/${publicId}.jpg`,
        mime_type: 'image/jpeg',
        size_bytes: 1000,
        ...columns,
      })
    },
    content: (companyId, projectId, imageId, columns = {}) =>
      insert('content.ar_contents', 'id, unique_id as "uniqueId"', {
        company_id: companyId,
        project_id: projectId,
        image_id: imageId,
        title: `Content ${++made}`,
        ...columns,
      }),
    video: (companyId, contentId, fileId, columns = {}) =>
      insert('content.videos', 'id, unique_id as "uniqueId"', {
        company_id: companyId,
        content_id: contentId,
        file_id: fileId,
        title: `Video ${++made}`,
        ...columns,
      }),
    portrait: async (companyId, imageId, columns = {}) => {
      const [storage] = await sql<{ id: number }[]>`
        select storage_connection_id as id from tenancy.companies where id = ${companyId}`
      return insert('content.portraits', 'id, unique_id as "uniqueId"', {
        company_id: companyId,
        image_id: imageId,
        storage_connection_id: storage?.id ?? null,
        ...columns,
      })
    },
    close: () => sql.end({ timeout: 5 }),
  }
}
