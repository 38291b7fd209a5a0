import { MessageType, stringifyMessage } from 'graphql-ws'

/**
 * graphql-ws doesn't tell a client that its subscription was accepted before there is an event, so a refusal and silence
 * look alike. The protocol's ping may carry anything and come from either side: the host sends one that names the
 * subscription once it is open, and before its first event. Clients that don't know of it answer with a pong, as ever.
 */
export function startedSignal(id: string): string {
  return stringifyMessage({ type: MessageType.Ping, payload: { started: id } })
}

/** Whether a ping's payload is the signal that a subscription is open. */
export function isStartedSignal(payload: Readonly<Record<string, unknown>> | undefined): boolean {
  return typeof payload?.['started'] === 'string'
}
