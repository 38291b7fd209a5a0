import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { codeOf, StartUpError } from './start-up-error.ts'

/**
 * The port that is to be listened on: the wanted one when it is free, a free one for 0.
 *
 * @throws StartUpError when it is taken, before anything else was started
 */
export async function claimPort(wanted: number, host: string): Promise<number> {
  const server = createServer()
  try {
    await listen(server, wanted, host)
    return portOf(server)
  } catch (error) {
    throw portProblem(error, wanted, host) ?? error
  } finally {
    server.close()
  }
}

/** As many different free loopback ports. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(servers.map((server) => listen(server, 0, '127.0.0.1')))
  const ports = servers.map(portOf)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

function portProblem(error: unknown, port: number, host: string): StartUpError | undefined {
  const problems: Record<string, string> = {
    EADDRINUSE: `Port ${port} is in use: stop what listens there, or set PORT to another.`,
    EACCES: `Port ${port} can't be opened: permission is denied. Set PORT to another.`,
    EADDRNOTAVAIL: `HOST is ${host}, which is no address of this machine.`,
    ENOTFOUND: `HOST is ${host}, which is no address of this machine.`,
  }
  const problem = problems[codeOf(error) ?? '']
  return problem === undefined ? undefined : new StartUpError(problem, error)
}
