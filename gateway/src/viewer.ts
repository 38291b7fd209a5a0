import type { PageName, ViewerSite } from '@arv/viewer'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { allowFeatures, setContentSecurityPolicy } from './security-headers.ts'
import type { ContentSecurityPolicy } from './security-headers.ts'
import { parseUuid } from './uuid.ts'

interface ViewerDeps {
  readonly site: ViewerSite
  readonly publicUrl: string
  /** Origins where files of companies are, beside this gateway. */
  readonly storageOrigins: readonly string[]
}

interface ContentRoute {
  readonly Params: { readonly uuid: string }
}

/** What a header may say of the host without saying more in a policy. */
const HOST = /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i

/**
 * The pages of `@arv/viewer`: `/v/<uuid>`, which a QR code opens, and `/demo/print/<uuid>`, the print on a screen for
 * those who have no printer at hand. What they load is `/viewer/assets/*`.
 */
export async function mountViewer(app: FastifyInstance, { site, ...hosts }: ViewerDeps): Promise<void> {
  await app.register(fastifyStatic, {
    root: [...site.assetsFolders],
    prefix: '/viewer/assets/',
    decorateReply: false,
    index: false,
    preCompressed: true,
    // Their names hold a hash of what is in them.
    immutable: true,
    maxAge: '1y',
  })
  const send = (name: PageName, request: FastifyRequest<ContentRoute>, reply: FastifyReply) => {
    if (parseUuid(request.params.uuid) === null) void reply.code(404)
    setContentSecurityPolicy(reply, policyOf(request, hosts))
    const { html, language } = site.page(name, request.headers)
    return reply
      .headers({ 'cache-control': 'no-cache', 'content-language': language, vary: 'accept-language' })
      .type('text/html; charset=utf-8')
      .send(html)
  }

  app.get<ContentRoute>('/v/:uuid', async (request, reply) => {
    allowFeatures(reply, 'camera')
    return send('viewer', request, reply)
  })
  app.get<ContentRoute>('/demo/print/:uuid', async (request, reply) => send('print', request, reply))
}

/** Nothing of any other host than ours and the storages'; only the tracker's worker is not of the page itself. */
function policyOf(request: FastifyRequest, hosts: Omit<ViewerDeps, 'site'>): ContentSecurityPolicy {
  // Files have absolute addresses, which differ from the page's own when it was opened by another name of the host.
  const files = ["'self'", new URL(hosts.publicUrl).origin, ...hosts.storageOrigins]
  return {
    'script-src': ["'self'"],
    'worker-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': files,
    'media-src': files,
    'connect-src': [...files, ...ownSockets(request)],
  }
}

/** Safari before 15.4 does not count a socket to the page's own host as `'self'`. */
function ownSockets({ protocol, host }: FastifyRequest): string[] {
  return HOST.test(host) ? [`${protocol === 'https' ? 'wss' : 'ws'}://${host}`] : []
}
