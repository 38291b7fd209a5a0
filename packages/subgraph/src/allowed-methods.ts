import type { FastifyInstance, FastifyReply } from 'fastify'

/** Answers a request whose method the address doesn't take; status and `allow` are set already. */
export type MethodRefusal = (reply: FastifyReply, allowed: string) => FastifyReply

/**
 * An address that has routes, but none for the method: says which it has (RFC 9110, section 15.5.6). To be called
 * before any of the routes is added.
 */
export function refuseOtherMethods(app: FastifyInstance, refuse: MethodRefusal): void {
  const routes: { readonly pattern: URLPattern; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: new URLPattern({ pathname: url }), methods: [method].flat() })
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return undefined
    const pathname = request.url.split('?')[0] ?? ''
    const here = routes.filter(({ pattern }) => pattern.test({ pathname }))
    const methods = [...new Set(here.flatMap((route) => route.methods))].toSorted()
    if (methods.length === 0 || methods.includes(request.method)) return undefined
    const allowed = methods.join(', ')
    return refuse(reply.code(405).header('allow', allowed), allowed)
  })
}
