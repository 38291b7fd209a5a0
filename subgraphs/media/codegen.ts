import { subgraphCodegen } from '@arv/subgraph/codegen'

export default subgraphCodegen({
  contextType: '../context.ts#MediaContext',
  mappers: {
    Asset: '../assets/assets.repository.ts#Asset',
    AssetConnection: '../assets/asset-lists.loader.ts#AssetConnection',
    AssetUse: '../assets/asset-use.ts#AssetUse',
    Project: '../projects/project.ts#ProjectReference',
    PublicFile: '../public-files/public-files.repository.ts#PublicFile',
    StorageConnection: '../storage-connections/storage-connections.repository.ts#StorageConnection',
    StorageConnectionConnection: '../storage-connections/connection-pages.ts#StorageConnectionConnection',
    StorageFolder: '../storage-folders/storage-folders.repository.ts#StorageFolder',
    StorageFolderConnection: '../storage-folders/folder-pages.ts#StorageFolderConnection',
    CompanyExport: '../company-exports/company-exports.repository.ts#CompanyExport',
    Company: '../companies/company.ts#CompanyReference',
  },
})
