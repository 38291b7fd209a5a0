import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** The headers that an answer to this request starts with; a page puts its own in place of some. */
export type SecureHeaders = (request: FastifyRequest) => Record<string, string>

const YEAR_SECONDS = 31_536_000

/** What no page of ours uses, however it came to be asked for. */
const POWERFUL_FEATURES = [
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
]

/** Pictures and videos: a page of any origin may show them. */
const SHOWN_ELSEWHERE = /^\/(?:media|qr)\//

/**
 * Headers that fit every answer of a gateway which the world reaches under `publicUrl`.
 *
 * @param isTrial - whether its certificate is one that nobody vouches for, so that browsers must not insist on it: they
 *   would for every port of `localhost`.
 */
export function createSecureHeaders(publicUrl: string, isTrial = false): SecureHeaders {
  const common = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'content-security-policy': policyText({ 'frame-ancestors': ["'none'"] }),
    'permissions-policy': permissionsPolicy([]),
    'cross-origin-opener-policy': 'same-origin',
    ...(publicUrl.startsWith('https:') &&
      !isTrial && { 'strict-transport-security': `max-age=${YEAR_SECONDS}` }),
  }
  return ({ id, url }) => ({
    ...common,
    'x-request-id': id,
    'cross-origin-resource-policy': SHOWN_ELSEWHERE.test(url) ? 'cross-origin' : 'same-origin',
  })
}

/** They are sent with every response that a route or a hook makes. */
export function addSecurityHeaders(app: FastifyInstance, secureHeaders: SecureHeaders): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(secureHeaders(request))
  })
}

export type ContentSecurityPolicy = Readonly<Record<string, readonly string[]>>

/** What one page may load, and where it may be framed; everything that a directive does not allow is refused. */
export function setContentSecurityPolicy(reply: FastifyReply, policy: ContentSecurityPolicy): void {
  void reply.header('content-security-policy', policyText({ 'frame-ancestors': ["'self'"], ...policy }))
}

/** Lets a page use some of the features that others may not. */
export function allowFeatures(reply: FastifyReply, ...features: string[]): void {
  void reply.header('permissions-policy', permissionsPolicy(features))
}

function policyText(policy: ContentSecurityPolicy): string {
  const directives: ContentSecurityPolicy = {
    'default-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    ...policy,
  }
  return Object.entries(directives)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ')
}

function permissionsPolicy(allowed: readonly string[]): string {
  return POWERFUL_FEATURES.map((feature) => `${feature}=(${allowed.includes(feature) ? 'self' : ''})`).join(
    ', ',
  )
}
