import { platform } from '@arv/database'
import type { JobPayload } from '@arv/jobs'
import { MailError } from '@arv/mail'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { makeOneTimeToken } from '../tokens/one-time-token.ts'
import { issueReset } from './password-resets.repository.ts'
import { resetLetter } from './reset-letter.ts'

type Deps = Pick<TenancyDeps, 'database' | 'channels' | 'logger'>

const JOB = platform({ kind: 'job', name: 'mail.password-reset' })

/**
 * Makes the link and mails it. The token exists here and in the letter only, so a run that is repeated makes another
 * one, and the link of a letter that got out before does not work any more.
 *
 * @throws MailError when the letter may be taken later
 */
export async function mailPasswordReset(
  { database, channels: { mailer, adminUrl }, logger }: Deps,
  { resetId }: JobPayload<'mail.password-reset'>,
): Promise<void> {
  if (!mailer) {
    logger.error({ resetId }, 'a link for a new password was asked for, and SMTP_URL is not set')
    return
  }
  const { token, hash } = makeOneTimeToken()
  const user = await database.write(JOB, (tx) => issueReset(tx, resetId, hash))
  if (!user) return
  try {
    const { email, name, id: userId } = user
    await mailer.send(resetLetter({ email, name, page: `${adminUrl}/reset-password`, token }))
    logger.info({ userId }, 'a link for a new password was mailed')
  } catch (error) {
    if (!(error instanceof MailError) || error.kind !== 'rejected') throw error
    logger.warn({ err: error, userId: user.id }, 'a link for a new password could not be mailed')
  }
}
