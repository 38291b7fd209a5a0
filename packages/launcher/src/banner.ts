import { resolve } from 'node:path'
import type { RunningArv } from './start-arv.ts'
import type { Settings } from './settings.ts'

/** What the person who started ARV wants to know: where everything is, and once how to get in. */
export function banner(arv: Omit<RunningArv, 'failed' | 'close'>, settings: Settings): string {
  const { publicUrl, administrator, database } = arv
  const lines: [string, string][] = [
    ['Start page', `${publicUrl}/`],
    ...lanLines(arv),
    ['GraphQL', `${publicUrl}/graphql  (HTTP and WebSocket)`],
    ['Sandbox', `${publicUrl}/sandbox, offline: ${publicUrl}/graphiql`],
    ['Files, secrets', resolve(settings.dataDir)],
    [
      'PostgreSQL',
      database.server
        ? `our own, port ${database.server.port}, in ${database.server.cluster}`
        : 'as in DATABASE_URL',
    ],
  ]
  if (administrator.newPassword === undefined) {
    // Our own PostgreSQL runs for one program at a time.
    const first = database.server ? 'end ARV, then ' : ''
    const hint = `lost the password? ${first}npx -y pnpm@12 seed --reset-password`
    lines.push(['Administrator', `${administrator.email}  (${hint})`])
  } else {
    lines.push(['Administrator', administrator.email])
    lines.push([
      'Password',
      `${administrator.newPassword}  (shown only now; administrator.json keeps it for the demo)`,
    ])
  }
  const width = Math.max(...lines.map(([what]) => what.length))
  const body = lines.map(([what, where]) => `  ${what.padEnd(width)}  ${where}`)
  const next = ['To see what it does: npx -y pnpm@12 demo, in a second terminal.', '']
  return ['', 'ARV is ready. Ctrl-C ends it.', '', ...body, '', ...lanNotes(arv), ...next].join('\n')
}

function lanLines({ publicUrl, lanUrls }: Pick<RunningArv, 'publicUrl' | 'lanUrls'>): [string, string][] {
  const others = lanUrls.filter((url) => url !== publicUrl)
  return others.map((url, index) => [index === 0 ? 'Also at' : '', `${url}/`])
}

function lanNotes({ lanUrls }: Pick<RunningArv, 'lanUrls'>): string[] {
  if (lanUrls.length === 0) return []
  return [
    'Phones in the same network reach it, too. They warn of the certificate, because ARV has signed it itself:',
    'choose to go on ("Advanced", "Show details"). Whoever is in this network can reach ARV now.',
    '',
  ]
}
