interface Answer<Data> {
  readonly data?: Data | null
  readonly errors?: readonly { readonly message: string }[]
}

/**
 * Sends a query or a mutation.
 *
 * @param options - `keepalive` lets it outlive the page.
 * @returns its `data`.
 * @throws Error for anything else than an answer without errors.
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
  if (errors?.[0] || !data) throw new Error(errors?.[0]?.message ?? `No data, status ${response.status}.`)
  return data
}

/** What a server of GraphQL answers has the shape that was asked for; a proxy before it may answer anything. */
function isAnswer<Data>(value: unknown): value is Answer<Data> {
  return typeof value === 'object' && value !== null && ('data' in value || 'errors' in value)
}
