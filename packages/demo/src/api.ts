import { operation } from '@arv/contract-tests'
import { print } from 'graphql'
import { createClient } from 'graphql-ws'
import { z } from 'zod'
import { codeOf, DemoError } from './demo-error.ts'

export interface LocalFile {
  readonly name: string
  readonly bytes: Buffer
}

type Input = Readonly<Record<string, unknown>>

export interface Subscription<T> {
  /** The next event; undefined when there will be none. */
  next(): Promise<T | undefined>
  /** Ends it, also while the next event is waited for. */
  close(): Promise<void>
}

/** The platform's public API, by the names of its clients' operations. Everything throws a DemoError when it fails. */
export interface Api {
  /** @returns what is of interest of the answer's data */
  query<T>(name: string, variables: Input, shape: z.ZodType<T>): Promise<T>
  /** @returns what is of interest of the mutation's payload */
  mutate<T>(name: string, input: Input, shape: z.ZodType<T>): Promise<T>
  upload<T>(name: string, input: Input, file: LocalFile, shape: z.ZodType<T>): Promise<T>
  /** Opens at once. */
  subscribe<T>(name: string, variables: Input, shape: z.ZodType<T>): Subscription<T>
  close(): Promise<void>
}

const ANSWER_MS = 60_000

const graphqlResult = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).partial().optional() }))
    .optional(),
})
const payload = z.object({ userErrors: z.array(z.object({ message: z.string() })) })

/** @param url - the server's, such as `https://localhost:4000`; without a token the caller is a stranger */
export function connectApi(url: string, accessToken?: string): Api {
  const authorization = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }
  const socket = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    connectionParams: authorization,
    retryAttempts: 3,
  })

  async function post(name: string, body: string | FormData, headers: Record<string, string>) {
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { ...authorization, ...headers },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      return dataOf(name, await response.json())
    } catch (error) {
      throw asDemoError(name, error)
    }
  }
  const send = (name: string, variables: Input) =>
    post(name, JSON.stringify(requestOf(name, variables)), { 'content-type': 'application/json' })

  return {
    query: async (name, variables, shape) => shape.parse(await send(name, variables)),
    mutate: async (name, input, shape) => shape.parse(payloadOf(name, await send(name, { input }))),
    async upload(name, input, { name: fileName, bytes }, shape) {
      const form = new FormData()
      form.append('operations', JSON.stringify(requestOf(name, { input: { ...input, file: null } })))
      form.append('map', JSON.stringify({ file: ['variables.input.file'] }))
      form.append('file', new Blob([new Uint8Array(bytes)]), fileName)
      return shape.parse(payloadOf(name, await post(name, form, { 'apollo-require-preflight': 'true' })))
    },
    subscribe(name, variables, shape) {
      const results = socket.iterate(requestOf(name, variables))
      const read = async () => {
        try {
          const { done, value } = await results.next()
          return done === true ? undefined : shape.parse(dataOf(name, value))
        } catch (error) {
          throw asDemoError(name, error)
        }
      }
      return {
        next() {
          const event = read()
          // Whoever looks elsewhere when it fails learns of it when they come back.
          event.catch(() => undefined)
          return event
        },
        close: async () => void (await results.return?.(undefined)),
      }
    },
    close: async () => socket.dispose(),
  }
}

function requestOf(name: string, variables: Input) {
  return { query: print(operation(name)), operationName: name, variables: { ...variables } }
}

function dataOf(name: string, result: unknown): Record<string, unknown> {
  const { data, errors = [] } = graphqlResult.parse(result)
  const [error] = errors
  if (error) throw new DemoError(`${name} failed (${error.extensions?.code ?? 'no code'}): ${error.message}`)
  if (!data) throw new DemoError(`${name} was answered with nothing.`)
  return data
}

function payloadOf(name: string, data: Readonly<Record<string, unknown>>): unknown {
  const [found] = Object.values(data)
  const { userErrors } = payload.parse(found)
  if (userErrors.length > 0) {
    throw new DemoError(`${name} was refused: ${userErrors.map(({ message }) => message).join(' ')}`)
  }
  return found
}

function asDemoError(name: string, error: unknown): DemoError {
  if (error instanceof DemoError) return error
  if (error instanceof z.ZodError || error instanceof SyntaxError) {
    return new DemoError(`${name} was answered with something that is not from this version of ARV.`, error)
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new DemoError(`The server did not answer ${name} within a minute.`, error)
  }
  return new DemoError(`The server broke off during ${name} (${codeOf(error) ?? 'no reason given'}).`, error)
}
