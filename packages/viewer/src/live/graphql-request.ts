interface Answer<Data> {
  readonly data?: Data | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

/** What the server answered in place of data. */
export class GraphqlRequestError extends Error {
  /** Such as `OPERATION_NOT_REGISTERED`; null when it named none. */
  readonly code: string | null

  constructor(message: string, code: string | null) {
    super(message)
    this.name = 'GraphqlRequestError'
    this.code = code
  }
}

/**
 * Sends a query or a mutation.
 *
 * @param options - `keepalive` lets it outlive the page.
 * @returns its `data`.
 * @throws GraphqlRequestError for an answer with errors, and another Error when there is no answer.
 */
export async function requestGraphql<Data>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  options: { readonly keepalive?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    ...options,
  })
  const answer: unknown = await response.json()
  if (!isAnswer<Data>(answer)) throw new Error(`No answer of GraphQL, status ${response.status}.`)
  const { data, errors } = answer
  const error = errors?.[0]
  if (error) throw new GraphqlRequestError(error.message, error.extensions?.code ?? null)
  if (!data) throw new Error(`No data, status ${response.status}.`)
  return data
}

/** What a server of GraphQL answers has the shape that was asked for; a proxy before it may answer anything. */
function isAnswer<Data>(value: unknown): value is Answer<Data> {
  return typeof value === 'object' && value !== null && ('data' in value || 'errors' in value)
}
