import { parseArgs } from 'node:util'

export const DEMO_HELP = `Shows ARV's whole flow on a running server, through its public API: from a picture to a video that is pushed to visitors.

  pnpm demo                               the server on this machine: http://localhost:4000, or PORT's
  pnpm demo --url https://arv.example     another one
  pnpm demo --email ann@example.com       as another administrator than ARV_ADMIN_EMAIL

Signs in with ARV_ADMIN_PASSWORD; else with the password that "pnpm start" made and keeps in its data folder; else it
asks. Run it again as often as you like: it goes on with what it made before.`

export interface DemoArguments {
  readonly help: boolean
  readonly url: string | undefined
  readonly email: string | undefined
}

/** The program was started in a way that it doesn't know. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/** @throws UsageError for a flag that there is not, and for an address that is none */
export function readDemoArguments(given: readonly string[]): DemoArguments {
  const values = parse(given)
  return {
    help: values.help ?? false,
    url: values.url === undefined ? undefined : originOf(values.url),
    email: values.email,
  }
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: { help: { type: 'boolean', short: 'h' }, url: { type: 'string' }, email: { type: 'string' } },
    }).values
  } catch {
    throw new UsageError(
      'Say "demo", "demo --url <address>" or "demo --email <address>"; "demo --help" says more.',
    )
  }
}

function originOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && /^https?:$/.test(url.protocol)) return url.origin
  throw new UsageError('--url takes an address that begins with http:// or https://.')
}
