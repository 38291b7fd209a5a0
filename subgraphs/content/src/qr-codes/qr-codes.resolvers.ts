import type { Resolvers } from '../__generated__/resolver-types.ts'
import { qrCodePath, qrCodeUrl } from './qr-code.ts'

export const qrCodesResolvers: Resolvers = {
  QrCode: {
    url: (code, { format }, { publicUrl }) => qrCodeUrl(publicUrl, code, format),
    path: (code, { format }) => qrCodePath(code, format),
  },
}
