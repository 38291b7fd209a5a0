import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** `pnpm test:isolation -- --runs 10000 --seed 7`: the law of isolation, held to as many operations as one likes. */
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' } },
})

const seed = values.seed ?? String(Date.now() % 1_000_000_000)
process.stdout.write(`${values.runs} operations; once more with --seed ${seed}\n`)
const { status } = spawnSync('vitest', ['run', 'packages/contract-tests/test/isolation'], {
  cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  stdio: 'inherit',
  env: {
    ...process.env,
    ARV_ISOLATION_RUNS: values.runs,
    ARV_ISOLATION_SEED: seed,
  },
})
process.exitCode = status ?? 1
