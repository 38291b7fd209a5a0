import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Headers that fit every response of the platform. */
export function secureHeaders(request: FastifyRequest): Record<string, string> {
  return {
    'x-request-id': request.id,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
  }
}

/** They are sent with every response; a page adds its own content security policy. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(secureHeaders(request))
  })
}

export type ContentSecurityPolicy = Readonly<Record<string, readonly string[]>>

/** Everything that a directive does not allow is refused. */
export function setContentSecurityPolicy(reply: FastifyReply, policy: ContentSecurityPolicy): void {
  const directives: ContentSecurityPolicy = {
    'default-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'self'"],
    ...policy,
  }
  void reply.header(
    'content-security-policy',
    Object.entries(directives)
      .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
      .join('; '),
  )
}
