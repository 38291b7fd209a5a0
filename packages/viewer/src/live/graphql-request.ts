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
  const { data, errors }: Answer<Data> = await response.json()
  if (errors?.[0] || !data) throw new Error(errors?.[0]?.message ?? `Status ${response.status}`)
  return data
}
