import { createTransport } from 'nodemailer'

/** One letter to one or several people, who all see each other's addresses. */
export interface MailMessage {
  readonly to: string | readonly string[]
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** Stable over repeated sending, so that a mail program shows a duplicate once: the part before the `@`. */
  readonly messageId?: string
}

export interface Mailer {
  /**
   * Hands a letter to the mail server; resolves once that has taken it.
   *
   * @throws MailError
   */
  send(message: MailMessage): Promise<void>
  close(): void
}

export interface MailerOptions {
  /** `smtp://user:password@host:port`, or `smtps://…` for TLS from the first byte. */
  readonly url: string
  /** `ARV <noreply@example.com>`, or the address alone. */
  readonly from: string
}

/** `rejected`: the same letter will be refused again. `unavailable`: it may be taken later. */
export type MailFailure = 'rejected' | 'unavailable'

/** Why a letter was not taken. The message names neither host nor login, and is fit to be stored and shown. */
export class MailError extends Error {
  readonly kind: MailFailure

  constructor(kind: MailFailure, message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'MailError'
    this.kind = kind
  }
}

const CONNECT_MS = 10_000
const SILENCE_MS = 20_000
const MOST_CONNECTIONS = 2

/** Sends mail through an SMTP server. It connects with the first letter, and again whenever that is needed. */
export function createMailer({ url, from }: MailerOptions): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: MOST_CONNECTIONS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // A letter holds what we wrote, and never a file or an address that somebody put into it.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([^>\s]+)>?$/.exec(from)?.[1] ?? 'localhost'
  return {
    async send({ to, subject, text, html, messageId }) {
      try {
        await transport.sendMail({
          from,
          to: typeof to === 'string' ? to : [...to],
          subject,
          text,
          ...(html !== undefined && { html }),
          ...(messageId !== undefined && { messageId: `<${messageId}@${domain}>` }),
        })
      } catch (error) {
        throw mailErrorOf(error)
      }
    },
    close: () => transport.close(),
  }
}

/** RFC 5321, 4.2.1: a reply of 5xx is meant for good, one of 4xx for now. Without a reply nobody refused anything. */
function mailErrorOf(error: unknown): MailError {
  const reply = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : NaN
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EAUTH') {
    return new MailError('unavailable', 'The mail server does not accept our login.', error)
  }
  if (code === 'EENVELOPE' && Number.isNaN(reply)) {
    return new MailError('rejected', 'This is no address that mail can be sent to.', error)
  }
  if (reply >= 500) {
    return new MailError('rejected', `The mail server refused the letter for good (${reply}).`, error)
  }
  if (reply >= 400) {
    return new MailError('unavailable', `The mail server did not take the letter for now (${reply}).`, error)
  }
  return new MailError('unavailable', 'The mail server could not be reached.', error)
}
