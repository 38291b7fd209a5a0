import { type AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/** A letter as the server got it. */
export interface ReceivedLetter {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
}

export interface MailServer {
  /** For SMTP_URL. */
  readonly url: string
  readonly letters: readonly ReceivedLetter[]
  /** Answers letters with this reply code instead of taking them, until told `null`. */
  refuse(replyCode: number | null): void
  /** Resolves once so many letters were taken in all. */
  received(count: number, withinMs?: number): Promise<readonly ReceivedLetter[]>
  stop(): Promise<void>
}

const POLL_MS = 20

/** A real SMTP server on the loopback interface that keeps what it gets. */
export async function startMailServer(): Promise<MailServer> {
  const letters: ReceivedLetter[] = []
  let refusal: number | null = null
  const keep = async (source: Buffer, { mailFrom, rcptTo }: SMTPServerSession['envelope']) => {
    const mail = await PostalMime.parse(source)
    letters.push({
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html ?? '',
      messageId: mail.messageId ?? '',
    })
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (refusal !== null) {
          done(Object.assign(new Error('refused by the test'), { responseCode: refusal }))
          return
        }
        void keep(Buffer.concat(chunks), session.envelope).finally(() => done())
      })
    },
  })
  const listener = server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve, reject) => {
    listener.once('listening', resolve)
    server.once('error', reject)
  })
  const { port } = listener.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    letters,
    refuse: (replyCode) => (refusal = replyCode),
    async received(count, withinMs = 10_000) {
      const deadline = Date.now() + withinMs
      while (letters.length < count) {
        if (Date.now() > deadline) throw new Error(`${letters.length} letters came, not ${count}`)
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
      return letters
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
