import type { Resolvers } from '../__generated__/resolver-types.ts'

export const publicFilesResolvers: Resolvers = {
  PublicFile: {
    __resolveReference: ({ publicId }, { publicFiles }) => publicFiles.load(publicId),
    url: (file, _args, { services }) => services.addresses.publicUrl(file),
    poster: ({ posterPublicId }, _args, { publicFiles }) =>
      posterPublicId === null ? null : publicFiles.load(posterPublicId),
  },
}
