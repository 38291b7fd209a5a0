import { print } from 'graphql'
import { createClient } from 'graphql-ws'
import { operation } from './contract.ts'

/** A file to send along. */
interface LocalFile {
  readonly name: string
  readonly bytes: Buffer
}

/** One of ARV's clients: knows the contract's documents by name and nothing else. */
export interface Client {
  /** Sends a query or mutation; answers its data. @throws Error that holds the GraphQL errors, when there are any */
  send(name: string, variables?: Record<string, unknown>): Promise<Data>
  /** Sends a document that is none of the contract's. */
  ask(query: string, variables?: Record<string, unknown>): Promise<Data>
  /** Sends a mutation whose input has a file. */
  upload(name: string, input: Record<string, unknown>, file: LocalFile): Promise<Data>
  /** Opens a subscription at once; each event is the data of the root field. */
  subscribe(name: string, variables: Record<string, unknown>): AsyncGenerator<Data>
  close(): Promise<void>
}

/** An answer takes longer only when something hangs, on however busy a machine. */
const ANSWER_MS = 60_000

export type Data = Readonly<Record<string, unknown>>

interface Result {
  readonly data?: unknown
  readonly errors?: unknown
}

export function connectClient(url: string, accessToken: string | undefined): Client {
  const authorization = accessToken === undefined ? undefined : `Bearer ${accessToken}`
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  const socket = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    connectionParams: authorization === undefined ? {} : { authorization },
    retryAttempts: 0,
  })

  async function post(body: string | FormData, more: Record<string, string>): Promise<Data> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...headers, ...more },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const result: Result = JSON.parse(await response.text())
    return dataOf(result)
  }

  return {
    send: (name, variables = {}) =>
      post(JSON.stringify(requestOf(name, variables)), { 'content-type': 'application/json' }),
    ask: (query, variables = {}) =>
      post(JSON.stringify({ query, variables }), { 'content-type': 'application/json' }),
    upload(name, input, file) {
      const form = new FormData()
      form.append('operations', JSON.stringify(requestOf(name, { input: { ...input, file: null } })))
      form.append('map', JSON.stringify({ file: ['variables.input.file'] }))
      form.append('file', new Blob([new Uint8Array(file.bytes)]), file.name)
      return post(form, { 'apollo-require-preflight': 'true' })
    },
    subscribe: (name, variables) => rootFieldsOf(socket.iterate(requestOf(name, variables))),
    close: async () => socket.dispose(),
  }
}

async function* rootFieldsOf(results: AsyncIterable<Result>): AsyncGenerator<Data> {
  for await (const result of results) {
    const [event] = Object.values(dataOf(result))
    yield readData(event)
  }
}

function requestOf(name: string, variables: Record<string, unknown>) {
  return { query: print(operation(name)), operationName: name, variables }
}

function dataOf({ data, errors }: Result): Data {
  if (errors !== undefined) throw new Error(`GraphQL errors: ${JSON.stringify(errors, null, 2)}`)
  return readData(data)
}

function readData(value: unknown): Data {
  if (!isData(value)) throw new Error(`an object is expected, not ${JSON.stringify(value)}`)
  return value
}

/** @example textAt(data, 'signIn', 'session', 'accessToken') */
export function textAt(value: unknown, ...path: string[]): string {
  const found = path.reduce<unknown>((parent, key) => readData(parent)[key], value)
  if (typeof found !== 'string') throw new Error(`${path.join('.')} is no text in ${JSON.stringify(value)}`)
  return found
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null
}
