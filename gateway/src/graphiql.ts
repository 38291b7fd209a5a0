import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { ruruHTML } from 'ruru/server'
import { getStaticFile } from 'ruru/static'
import { setContentSecurityPolicy } from './security-headers.ts'

const FILES = '/graphiql/files/'

const INTRODUCTION = `# This is your API. Ctrl-Space completes, Ctrl-Enter runs.
# Most of it needs an account: run this with { "input": { "email": "…", "password": "…" } } under "Variables", and put
# the accessToken under "Headers" as { "authorization": "Bearer …" }. In production the schema is shown only then.
`

/** The socket's address must be absolute, and only the browser knows the one that it came by. */
const settings = (firstQuery: string) => `
RURU_CONFIG.subscriptionEndpoint = location.origin.replace(/^http/, 'ws') + '/graphql';
RURU_CONFIG.defaultQuery = ${JSON.stringify(INTRODUCTION + firstQuery)};
RURU_CONFIG.debugTools = [];
`

/**
 * `/graphiql`: an explorer that needs nothing from the internet, for machines that have none.
 *
 * @param firstQuery - what it shows to those who come for the first time.
 */
export function mountGraphiql(app: FastifyInstance, firstQuery: string): void {
  const html = ruruHTML({
    staticPath: FILES,
    endpoint: '/graphql',
    htmlParts: {
      titleTag: '<title>GraphiQL · ARV</title>',
      configScript: (original) => original.replace('</script>', `${settings(firstQuery)}</script>`),
    },
  })
  const scripts = ["'self'", ...inlineScriptHashes(html)]
  app.get('/graphiql', async (_request, reply) => {
    setContentSecurityPolicy(reply, {
      'script-src': scripts,
      'worker-src': ["'self'", 'blob:'],
      // Its editor writes its styles while it runs: no hash could name them. They load nothing, as nothing else is allowed.
      'style-src': ["'self'", "'unsafe-inline'"],
      'font-src': ["'self'", 'data:'],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'", 'ws:', 'wss:'],
    })
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html)
  })
  app.get(`${FILES}*`, async (request, reply) => {
    const file = await getStaticFile({
      staticPath: FILES,
      urlPath: request.url,
      acceptEncoding: request.headers['accept-encoding'],
      disallowDevAssets: true,
    })
    if (file === null) return reply.callNotFound()
    void reply.headers({ 'cache-control': 'public, max-age=3600', vary: 'accept-encoding' })
    if (request.headers['if-none-match'] === file.headers['etag']) {
      return reply.code(304).header('etag', file.headers['etag']).send()
    }
    return reply.headers(file.headers).send(file.content)
  })
}

/** The page brings its start-up code inline; naming each piece keeps every other inline script out. */
function inlineScriptHashes(html: string): string[] {
  return [...html.matchAll(/<script(?:\s[^>]*)?>([\s\S]*?)<\/script>/g)].map(
    ([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  )
}
