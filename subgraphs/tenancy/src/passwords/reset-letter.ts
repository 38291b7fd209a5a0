import type { MailMessage } from '@arv/mail'

interface ResetLetter {
  readonly email: string
  readonly name: string
  /** Of the page that sets a new password, without what is to be kept secret. */
  readonly page: string
  readonly token: string
}

/**
 * The letter with the link. Its token is in the fragment, which browsers send to nobody: no log of a server and no
 * `Referer` has it.
 */
export function resetLetter({ email, name, page, token }: ResetLetter): MailMessage {
  const link = `${page}#token=${token}`
  const paragraphs = [
    `Hello ${name},`,
    `somebody, probably you, asked for a new password for ${email} at ${new URL(page).host}.`,
    'This link sets one. It is good for an hour, and once:',
    link,
    'If it was not you, do nothing: your password stays as it is.',
  ]
  return {
    to: email,
    subject: 'Set a new password',
    text: paragraphs.join('\n\n'),
    html: paragraphs
      .map(
        (text) => `<p>${text === link ? `<a href="${escape(link)}">${escape(link)}</a>` : escape(text)}</p>`,
      )
      .join('\n'),
  }
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
