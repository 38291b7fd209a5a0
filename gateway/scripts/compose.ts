import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SUBGRAPH_NAMES } from '@arv/subgraph'
import { composeSupergraph } from '../src/compose.ts'

const target = fileURLToPath(new URL('../supergraph.graphql', import.meta.url))
const subgraphs = SUBGRAPH_NAMES.map((name) => ({
  name,
  directory: fileURLToPath(new URL(`../../subgraphs/${name}/src`, import.meta.url)),
}))

process.exitCode = run(process.argv.includes('--check'))

function run(check: boolean): number {
  const composition = composeSupergraph(subgraphs)
  for (const hint of composition.hints) process.stderr.write(`hint: ${hint}\n`)
  if (composition.kind === 'failed') {
    for (const error of composition.errors) process.stderr.write(`error: ${error}\n`)
    process.stderr.write('The subgraphs do not compose.\n')
    return 1
  }
  if (!check) {
    // In one step: a gateway that runs takes up whatever it finds.
    writeFileSync(`${target}.new`, composition.supergraphSdl)
    renameSync(`${target}.new`, target)
    process.stdout.write('Composed gateway/supergraph.graphql\n')
    return 0
  }
  if (existsSync(target) && readFileSync(target, 'utf8') === composition.supergraphSdl) return 0
  process.stderr.write('gateway/supergraph.graphql is out of date: run `pnpm compose` and commit it.\n')
  return 1
}
