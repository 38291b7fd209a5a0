/**
 * Sends a query or a mutation. `keepalive` lets it outlive the page.
 * @returns its `data`. @throws Error for anything else than an answer without errors.
 */
export async function request(url, query, variables, { keepalive = false } = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    keepalive,
  })
  const { data, errors } = await response.json()
  if (errors?.length > 0) throw new Error(errors[0].message)
  return data
}
