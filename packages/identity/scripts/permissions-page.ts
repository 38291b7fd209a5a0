import { type Action, denialOf, PERMISSIONS, type Standing } from '../src/index.ts'

const STANDINGS = ['VIEWER', 'EDITOR', 'OWNER', 'PLATFORM_ADMIN'] as const satisfies readonly Standing[]

const HEAD = `# Who may do what

Printed from \`packages/identity/src/permissions.ts\` by \`pnpm permissions:print\`; a test asks the gateway about every cell.

Roles are those in the company that is changed. Members read everything of their companies, except where a row below
says otherwise. *Key* says whether an API key of such a role may do it, too. A dot names a part of a mutation.

| | nobody | signed in | viewer | editor | owner | platform admin | key |
|---|---|---|---|---|---|---|---|
`

/** `docs/permissions.md`, whole. */
export function permissionsPage(): string {
  const rows = Object.entries(PERMISSIONS).map(([action, { byKey }]) => {
    const may = whoMay(action as Action)
    return `| \`${action}\` | ${[...may, byKey].map((yes) => (yes ? '✓' : '')).join(' | ')} |`
  })
  return `${HEAD}${rows.join('\n')}\n`
}

function whoMay(action: Action): boolean[] {
  const { least } = PERMISSIONS[action]
  const nobody = least === 'ANYONE'
  return [
    nobody,
    denialOf(action, 'SIGNED_IN', 'user') === null,
    ...STANDINGS.map((standing) => denialOf(action, standing, 'user') === null),
  ]
}
