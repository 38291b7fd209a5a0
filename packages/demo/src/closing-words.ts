import qrcode from 'qrcode'

export interface Outcome {
  readonly viewerUrl: string
  readonly uniqueId: string
  readonly playing: string
  /** File of the certificate that `start --lan` made; undefined when the server's needs no special trust. */
  readonly certificate: string | undefined
}

/** Where to look now, and what to try next. `isTerminal`: colours, so that the code is dark on light everywhere. */
export async function closingWords(outcome: Outcome, isTerminal: boolean): Promise<string> {
  const { viewerUrl, uniqueId, playing, certificate } = outcome
  const { origin, protocol, hostname } = new URL(viewerUrl)
  const code = await qrcode.toString(
    viewerUrl,
    isTerminal ? { type: 'terminal', small: true } : { type: 'utf8' },
  )
  const trust = certificate === undefined ? '' : ` --cacert ${certificate}`
  const query = `{ viewerContent(uniqueId: \\"${uniqueId}\\") { title activeVideo { title } } }`
  return [
    '',
    code,
    `  Viewer     ${viewerUrl}`,
    `  The print  ${origin}/demo/print/${uniqueId}`,
    `  The code   ${origin}/qr/${uniqueId}.svg`,
    '',
    'Try next:',
    `  - Open the viewer's address, and run the demo again: "${playing}" gives way to the other video while you look.`,
    phoneLine(protocol, hostname),
    `  - Ask the API yourself, in ${origin}/graphiql or by curl:`,
    `      curl -s${trust} ${origin}/graphql -H 'content-type: application/json' -d '{"query": "${query}"}'`,
    '',
  ].join('\n')
}

function phoneLine(protocol: string, hostname: string): string {
  if (protocol === 'https:')
    return '  - Show the print on this screen, and scan the code with a phone in the same network.'
  const reason =
    hostname === 'localhost' ? 'can’t reach localhost' : 'lends its camera to pages over HTTPS only'
  return `  - With a phone, which ${reason}: end ARV, "npx -y pnpm@12 start --lan", and run the demo again.`
}
