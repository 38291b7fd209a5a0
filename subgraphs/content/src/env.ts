import { z } from 'zod'

/** What content's own process has to know beside what every subgraph's does. */
export const contentEnv = z.object({
  ARV_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'an http or https address is expected' }),
})
