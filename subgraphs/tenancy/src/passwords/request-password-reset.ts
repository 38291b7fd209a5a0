import { platform } from '@arv/database'
import type { Caller } from '@arv/identity'
import { networkOf } from '@arv/rate-limits'
import { failure, type Failure, limitReached } from '@arv/subgraph'
import { GraphQLError } from 'graphql'
import { inWords } from '../sessions/attempt-limit.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { forgetExpiredResets, insertReset } from './password-resets.repository.ts'
import { countResetRequest } from './reset-requests.ts'

type Deps = Pick<TenancyDeps, 'database' | 'jobs' | 'channels' | 'signInTurns'>

/**
 * Has a link mailed by which the holder of an address sets a new password. Who that is, if anybody, only the job looks
 * up: here nothing differs, neither the answer nor how long it takes.
 *
 * @throws GraphQLError SERVICE_UNAVAILABLE where no mail can be sent
 */
export async function requestPasswordReset(
  { database, jobs, channels, signInTurns }: Deps,
  caller: Caller,
  { email }: { readonly email: string },
): Promise<{ readonly userErrors: [] } | Failure> {
  if (!channels.mailer) throw noMail()
  const network = networkOf(caller.client.ipAddress)
  const wait = await signInTurns(() =>
    database.write(platform({ kind: 'nobody' }), async (tx) => {
      const seconds = await countResetRequest(tx, { email, network })
      if (seconds > 0) return seconds
      await forgetExpiredResets(tx)
      await jobs.send(tx, 'mail.password-reset', { resetId: await insertReset(tx, email) })
      return 0
    }),
  )
  if (wait === 0) return { userErrors: [] }
  return failure(limitReached(null, `Too many links were asked for. Try again ${inWords(wait)}.`))
}

function noMail(): GraphQLError {
  return new GraphQLError('This server sends no e-mail. Ask an administrator of the platform for help.', {
    extensions: { code: 'SERVICE_UNAVAILABLE', outcome: 'NOT_DONE' },
  })
}
