import { z } from 'zod'
import type { Api, LocalFile } from './api.ts'
import type { Progress } from './progress.ts'

export interface Destination {
  readonly companyId: string
  readonly projectId: string
  readonly kind: 'IMAGE' | 'VIDEO'
}

const uploaded = z.object({
  asset: z.object({
    id: z.string(),
    fileName: z.string(),
    sizeBytes: z.number(),
    width: z.number().nullable(),
    height: z.number().nullable(),
    durationSeconds: z.number().nullable(),
  }),
})

/** @returns the uploaded file's id */
export async function uploadFile(
  api: Api,
  destination: Destination,
  file: LocalFile,
  progress: Progress,
): Promise<string> {
  const { asset } = await api.upload('UploadAsset', { ...destination }, file, uploaded)
  const { fileName, width, height, durationSeconds, sizeBytes } = asset
  const length = durationSeconds === null ? '' : `, ${durationSeconds.toFixed(1)} s`
  progress.done(`${fileName} uploaded: ${width} × ${height}${length}, ${Math.ceil(sizeBytes / 1000)} kB`)
  return asset.id
}
