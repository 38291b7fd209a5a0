import { createServer } from 'node:net'

/** Whether nobody listens on this loopback port. */
export function isPortFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  )
}

/** A loopback port on which nobody listens now. */
export function freePort(): Promise<number> {
  return listenOnce(0)
}

function listenOnce(port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.once('error', reject)
  server.listen({ port, host: '127.0.0.1' }, () => {
    const address = server.address()
    const taken = typeof address === 'object' && address !== null ? address.port : port
    server.close(() => resolve(taken))
  })
  return promise
}
