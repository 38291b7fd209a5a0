const PING_EVERY_MS = 20_000
const PONG_WITHIN_MS = 10_000

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

/**
 * Subscribes once, over the graphql-transport-ws protocol, on a socket of its own.
 * A phone that slept or lost its network is often not told that the socket is dead, hence the pings.
 * @returns a promise of how it ended: `errors` that the server ended it with, or none when the connection was lost.
 */
export function subscribe(url, query, variables, onData, { signal } = {}) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, 'graphql-transport-ws')
    let pongDue
    const pings = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return
      send({ type: 'ping' })
      pongDue = setTimeout(end, PONG_WITHIN_MS)
    }, PING_EVERY_MS)

    function send(message) {
      socket.send(JSON.stringify(message))
    }

    function end(errors = []) {
      clearInterval(pings)
      clearTimeout(pongDue)
      signal?.removeEventListener('abort', abort)
      socket.close(1000)
      resolve({ errors })
    }

    function abort() {
      end()
    }

    signal?.addEventListener('abort', abort)
    socket.addEventListener('open', () => send({ type: 'connection_init' }))
    socket.addEventListener('close', () => end())
    socket.addEventListener('message', ({ data }) => {
      const { type, payload } = JSON.parse(data)
      if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query, variables } })
      else if (type === 'next' && payload.data) onData(payload.data)
      else if (type === 'next') end(payload.errors)
      else if (type === 'error') end(payload)
      else if (type === 'complete') end()
      else if (type === 'ping') send({ type: 'pong' })
      else if (type === 'pong') clearTimeout(pongDue)
    })
  })
}
