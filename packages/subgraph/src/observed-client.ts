import type { ClientObserver } from '@arv/telemetry'
import type { Caller } from '@arv/identity'
import { isMutation } from './operation-kind.ts'
import type { SubgraphClient } from './subgraph.ts'

/** `client`, each call of which is measured, and traced with its trace passed on. */
export function observeClient<Client extends SubgraphClient>(
  client: Client,
  observer: ClientObserver,
): Client {
  const { name } = client
  return {
    ...client,
    execute: (request) =>
      observer.call(
        name,
        isMutation(request) ? 'mutation' : 'query',
        (trace) => client.execute({ ...request, caller: traced(request.caller, trace) }),
        ({ errors }) => errors !== undefined,
      ),
    subscribe: (request) =>
      observer.call(
        name,
        'subscription',
        (trace) => client.subscribe({ ...request, caller: traced(request.caller, trace) }),
        (opened) => !(Symbol.asyncIterator in opened),
      ),
    command: (command, input, caller) =>
      observer.call(
        name,
        'command',
        (trace) => client.command(command, input, traced(caller, trace)),
        () => false,
      ),
  } satisfies SubgraphClient
}

function traced(caller: Caller, traceparent: string | undefined): Caller {
  return traceparent === undefined ? caller : { ...caller, traceparent }
}
