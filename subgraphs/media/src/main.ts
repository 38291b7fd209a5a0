import { join } from 'node:path'
import { runSubgraph } from '@arv/subgraph/run-subgraph'
import { mediaEnv } from './env.ts'
import { createMediaSubgraph } from './subgraph.ts'

await runSubgraph({
  name: 'media',
  env: mediaEnv,
  create: ({ database, jobs, logger, telemetry, env }) =>
    createMediaSubgraph({
      database,
      jobs,
      logger,
      observer: telemetry.media,
      storage: { localRoot: join(env.ARV_DATA_DIR, 'files') },
      urlSigningKey: env.ARV_URL_SIGNING_KEY,
      publicUrl: env.ARV_PUBLIC_URL,
      limits: { maxImageBytes: env.ARV_MAX_IMAGE_BYTES, maxVideoBytes: env.ARV_MAX_VIDEO_BYTES },
    }),
  uploadLimits: (env) => ({
    maxFileSize: Math.max(env.ARV_MAX_IMAGE_BYTES, env.ARV_MAX_VIDEO_BYTES),
    maxFiles: 10,
    maxFieldSize: 1_048_576,
  }),
})
