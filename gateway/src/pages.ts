import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { fileURLToPath } from 'node:url'
import { setContentSecurityPolicy } from './security-headers.ts'
import type { ContentSecurityPolicy } from './security-headers.ts'

const PAGES = fileURLToPath(new URL('../pages/', import.meta.url))

const OWN_PAGE: ContentSecurityPolicy = {
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
}

const SANDBOX_SCRIPTS = 'https://embeddable-sandbox.cdn.apollographql.com'
const SANDBOX_FRAME = 'https://sandbox.embed.apollographql.com'

/** The pages that are plain files: `/`, `/sandbox`, `/reset-password`, and `/assets/*`. */
export async function mountPages(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, { root: PAGES, serve: false, cacheControl: false })
  await app.register(fastifyStatic, {
    root: `${PAGES}assets`,
    prefix: '/assets/',
    decorateReply: false,
    maxAge: '5m',
    index: false,
  })

  app.get('/', async (_request, reply) => sendPage(reply, 'index.html', OWN_PAGE))

  app.get('/sandbox', async (_request, reply) => {
    // Apollo's frame signs people in to Apollo by a window of its own.
    void reply.header('cross-origin-opener-policy', 'same-origin-allow-popups')
    return sendPage(reply, 'sandbox.html', {
      'script-src': ["'self'", SANDBOX_SCRIPTS],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:', 'https:'],
      'frame-src': [SANDBOX_FRAME],
      'connect-src': ["'self'", 'ws:', 'wss:'],
    })
  })

  // Its address has a secret in it until the page has taken it out.
  app.get('/reset-password', async (_request, reply) => {
    void reply.header('referrer-policy', 'no-referrer')
    return sendPage(reply, 'reset-password.html', {
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'connect-src': ["'self'"],
      'frame-ancestors': ["'none'"],
    })
  })
}

function sendPage(reply: FastifyReply, file: string, policy: ContentSecurityPolicy): FastifyReply {
  setContentSecurityPolicy(reply, policy)
  return reply.header('cache-control', 'no-cache').sendFile(file)
}
