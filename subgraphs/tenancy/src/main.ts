import { createAccessTokenIssuer, createInternalTokenSigner, PLATFORM_TOKENS } from '@arv/identity'
import { createHttpClient, observeClient } from '@arv/subgraph'
import { runSubgraph } from '@arv/subgraph/run-subgraph'
import { tenancyEnv } from './env.ts'
import { channelSettingsOf, openChannels } from './notifications/channel-variables.ts'
import { freeAttemptsOf } from './sessions/attempt-variables.ts'
import { createTenancySubgraph } from './subgraph.ts'

await runSubgraph({
  name: 'tenancy',
  env: tenancyEnv,
  create: async ({ env, database, events, openEventBus, jobs, logger, telemetry, onClose }) => {
    const tokens = createInternalTokenSigner({ privateJwk: env.ARV_INTERNAL_SIGNING_KEY })
    const http = createHttpClient({ name: 'media', url: env.MEDIA_URL, tokens, logger })
    const media = observeClient(http, telemetry.client)
    onClose(() => media.close())
    return createTenancySubgraph({
      database,
      events,
      bus: await openEventBus(),
      jobs,
      media,
      accessTokens: createAccessTokenIssuer({
        privateJwk: env.ARV_ACCESS_TOKEN_SIGNING_KEY,
        ...PLATFORM_TOKENS,
        ttlSeconds: env.ARV_ACCESS_TOKEN_TTL_SECONDS,
      }),
      refreshTokenTtlSeconds: env.ARV_REFRESH_TOKEN_TTL_SECONDS,
      freeAttempts: freeAttemptsOf(env),
      channels: openChannels(channelSettingsOf(env), env.ARV_PUBLIC_URL, onClose),
      logger,
    })
  },
})
