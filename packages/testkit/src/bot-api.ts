import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message as it was sent to a chat. */
export interface SentMessage {
  readonly chatId: string
  readonly text: string
}

/** What the Bot API says instead of taking a message; `hang` says nothing. */
export type BotApiRefusal =
  | 'hang'
  | {
      readonly code: number
      readonly description: string
      readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number }
    }

export interface BotApi {
  /** For TELEGRAM_API_ROOT. */
  readonly url: string
  /** For TELEGRAM_BOT_TOKEN. */
  readonly token: string
  readonly messages: readonly SentMessage[]
  /** Refuses whatever comes for a chat, until told `null`. */
  refuse(chatId: string, refusal: BotApiRefusal | null): void
  stop(): Promise<void>
}

const TOKEN = '7000000001:AAH-a-token-for-tests'

/** Speaks as much of Telegram's Bot API (core.telegram.org/bots/api) as sending messages takes, on the loopback interface. */
export async function startBotApi(): Promise<BotApi> {
  const messages: SentMessage[] = []
  const refusals = new Map<string, BotApiRefusal>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== `/bot${TOKEN}/sendMessage`) return refuse(response, UNAUTHORIZED)
    const message = await readMessage(request)
    const refusal = refusals.get(message.chatId)
    if (refusal === 'hang') return
    if (refusal) return refuse(response, refusal)
    messages.push(message)
    const chat = { id: Number(message.chatId), type: 'private' }
    const result = { message_id: messages.length, date: 1_800_000_000, chat, text: message.text }
    reply(response, 200, { ok: true, result })
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    messages,
    refuse: (chatId, refusal) => (refusal === null ? refusals.delete(chatId) : refusals.set(chatId, refusal)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const UNAUTHORIZED = { code: 401, description: 'Unauthorized' }

function refuse(response: ServerResponse, refusal: Exclude<BotApiRefusal, 'hang'>): void {
  const { code, description, parameters } = refusal
  reply(response, code, { ok: false, error_code: code, description, ...(parameters && { parameters }) })
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readMessage(request: IncomingMessage): Promise<SentMessage> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { chat_id: chatId, text }: { chat_id: string | number; text: string } = JSON.parse(
    Buffer.concat(chunks).toString(),
  )
  return { chatId: String(chatId), text }
}
