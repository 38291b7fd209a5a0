import { flatImage } from '@arv/testkit/photos'
import { createClient } from 'graphql-ws'
import { FILE, type Variable } from './draw-arguments.ts'
import type { Operation } from './draw-operation.ts'

/** All that comes back. */
export interface Answer {
  /** 0 for a WebSocket's. */
  readonly status: number
  readonly headers: string
  readonly body: string
}

/** Sends operations in somebody's name, whatever they need: JSON, a form with a file, a WebSocket. */
export interface Sender {
  send(operation: Operation): Promise<Answer>
  close(): Promise<void>
}

/** Events that were missed come at once, and so do refusals; what comes later is of no interest. */
const SILENCE_MS = 250

let picture: Promise<Buffer> | undefined

export function connectSender(url: string, token: string | undefined): Sender {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  const socket = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    connectionParams: authorization,
    retryAttempts: 0,
  })

  async function post(body: string | FormData, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...authorization, ...headers },
      body,
    })
    return {
      status: response.status,
      headers: [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n'),
      body: await response.text(),
    }
  }

  async function subscribe({ text, variables }: Operation): Promise<Answer> {
    const received: unknown[] = []
    await new Promise<void>((resolve) => {
      const silence = setTimeout(resolve, SILENCE_MS)
      const end = socket.subscribe(
        { query: text, variables },
        {
          next(result) {
            received.push(result)
            if (received.length >= 4) resolve()
          },
          error(error) {
            received.push({ errors: error })
            resolve()
          },
          complete: resolve,
        },
      )
      void Promise.resolve().then(() => silence)
      ends.push(end)
    })
    for (const end of ends.splice(0)) end()
    return { status: 0, headers: '', body: JSON.stringify(received) }
  }
  const ends: (() => void)[] = []

  return {
    async send(operation) {
      if (operation.kind === 'subscription') return subscribe(operation)
      const files: string[] = []
      const variables = withoutFiles(operation.variables, 'variables', files)
      const request = JSON.stringify({ query: operation.text, variables })
      if (files.length === 0) return post(request, { 'content-type': 'application/json' })
      picture ??= flatImage({ width: 320, height: 240 })
      const form = new FormData()
      form.append('operations', request)
      form.append('map', JSON.stringify({ file: files }))
      form.append('file', new Blob([new Uint8Array(await picture)]), 'drawn.jpg')
      return post(form, { 'apollo-require-preflight': 'true' })
    },
    close: async () => socket.dispose(),
  }
}

function withoutFiles(value: unknown, path: string, files: string[]): unknown {
  if (value === FILE) {
    files.push(path)
    return null
  }
  if (Array.isArray(value))
    return value.map((item: Variable, at) => withoutFiles(item, `${path}.${at}`, files))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withoutFiles(item, `${path}.${name}`, files)]),
  )
}
