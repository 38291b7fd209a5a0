import { join } from 'node:path'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { Database } from '@arv/database'
import type { JobSender } from '@arv/jobs'
import { createLocalDiskDriver } from '@arv/storage'
import { exportPart } from '@arv/leaving'
import { loadTypeDefs, scalarResolvers, type Subgraph } from '@arv/subgraph'
import type { Logger } from 'pino'
import { assetsResolvers } from './assets/assets.resolvers.ts'
import { discardAssets } from './assets/discard-assets.ts'
import { companiesResolvers } from './companies/companies.resolvers.ts'
import { moveCompany } from './companies/move-company.ts'
import { provisionCompany } from './companies/provision-company.ts'
import { registerCompany } from './companies/register-company.ts'
import { abandonExport } from './company-exports/abandon-export.ts'
import { companyExportsResolvers } from './company-exports/company-exports.resolvers.ts'
import { EXPORTED_TABLES } from './company-exports/exported-tables.ts'
import { writeExport } from './company-exports/write-export.ts'
import { createMediaContext, type MediaServices } from './context.ts'
import { eraseFiles } from './erasures/erase-files.ts'
import { createFileAddresses } from './file-routes/file-addresses.ts'
import { mountFileRoutes } from './file-routes/file-routes.ts'
import { MEDIA_LIMITS, type MediaLimits } from './limits.ts'
import { type MediaObserver, NO_OBSERVER } from './media-observer.ts'
import { compileMarkerJob } from './markers/compile-marker-job.ts'
import { reportAbandonedMarker } from './markers/report-abandoned-marker.ts'
import { projectsResolvers } from './projects/projects.resolvers.ts'
import { publicFilesResolvers } from './public-files/public-files.resolvers.ts'
import { storageConnectionsResolvers } from './storage-connections/storage-connections.resolvers.ts'
import { storageFoldersResolvers } from './storage-folders/storage-folders.resolvers.ts'
import { createStorages } from './storages/storages.ts'
import { createWorkFolders } from './storages/work-folders.ts'
import { testStorages } from './storage-connections/test-storages.ts'
import { sweepStorage } from './sweeps/sweep-storage.ts'

export { MEDIA_LIMITS, type MediaLimits } from './limits.ts'

export interface MediaDeps {
  readonly database: Database
  readonly jobs: JobSender
  readonly logger: Logger
  /** Where files of the kind LOCAL_DISK lie, and where uploads are received; made when it is first needed. */
  readonly storage: { readonly localRoot: string }
  /** Signs the addresses that members fetch files by; the same in every process. */
  readonly urlSigningKey: string
  /** Under which the world reaches the gateway, without a slash at the end. */
  readonly publicUrl: string
  /** `MEDIA_LIMITS` for those that are not given. */
  readonly limits?: Partial<MediaLimits>
  readonly observer?: MediaObserver
}

/** Where uploads are received: beside the companies' folders, so on the disk that has room for files. */
const WORK_FOLDER = '.incoming'

/** Files: uploads, markers, thumbnails and posters, where they are kept, and how they are fetched. */
export function createMediaSubgraph(deps: MediaDeps): Subgraph {
  const { database, jobs, logger } = deps
  const { localRoot } = deps.storage
  const closing = new AbortController()
  const services: MediaServices = {
    database,
    jobs,
    logger,
    storages: createStorages({ localRoot }),
    workFolders: createWorkFolders(join(localRoot, WORK_FOLDER)),
    addresses: createFileAddresses({ publicUrl: deps.publicUrl, signingKey: deps.urlSigningKey }),
    limits: { ...MEDIA_LIMITS, ...deps.limits },
    observer: deps.observer ?? NO_OBSERVER,
  }
  const localDisk = createLocalDiskDriver({ root: localRoot })
  return {
    name: 'media',
    schema: buildSubgraphSchema([{ typeDefs: loadTypeDefs(import.meta.dirname), resolvers }]),
    createContext: (caller) => createMediaContext(services, caller),
    commands: {
      provisionCompany: (input, caller) => provisionCompany(services, input, caller),
      moveCompany: (input, caller) => moveCompany(services, input, caller),
    },
    jobs: {
      'marker.compile': (payload, run) =>
        compileMarkerJob({ ...services, closing: closing.signal }, payload, run),
      'marker.abandoned': (payload) => reportAbandonedMarker({ database, jobs }, payload),
      'assets.discard': (payload, { signal }) => discardAssets(services, payload, signal),
      'storage.register-company': ({ companyId }) => registerCompany(database, companyId),
      'storage.test': (_payload, { signal }) => testStorages(services, signal),
      'storage.sweep': async (_payload, { signal }) => {
        await sweepStorage({ ...services, localDisk }, signal)
      },
      'export.media': (request, { signal }) =>
        exportPart(deps, { ...request, part: 'media' }, EXPORTED_TABLES, signal),
      'export.write': writeExport(services),
      'export.abandoned': ({ companyId, exportId }) =>
        abandonExport(services, { companyId, id: exportId }, 'INTERNAL'),
      'erasure.files': eraseFiles(services),
    },
    cron: { 'storage.sweep': '17 * * * *', 'storage.test': '41 * * * *' },
    routes: (app) => mountFileRoutes(app, services),
    ready: () => database.ping(),
    close: async () => closing.abort(),
  }
}

const resolvers = {
  ...scalarResolvers,
  ...publicFilesResolvers,
  ...storageFoldersResolvers,
  ...companyExportsResolvers,
  ...projectsResolvers,
  ...assetsResolvers,
  ...storageConnectionsResolvers,
  Company: { ...companiesResolvers.Company, ...companyExportsResolvers.Company },
  Query: { ...assetsResolvers.Query, ...storageConnectionsResolvers.Query },
  Mutation: {
    ...assetsResolvers.Mutation,
    ...storageConnectionsResolvers.Mutation,
    ...companyExportsResolvers.Mutation,
  },
}
