import { benchRotation } from './rotation.ts'

/** Each prints what it measured. Compare figures of one run only: machines differ, and so do their hours. */
const BENCHES: Readonly<Record<string, (print: (line: string) => void) => Promise<void>>> = {
  rotation: benchRotation,
}

const print = (line: string) => process.stdout.write(`${line}\n`)
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in BENCHES))
if (asked.length === 0 || unknown.length > 0) {
  print(`usage: pnpm bench <name> …   with names of: ${Object.keys(BENCHES).join(', ')}`)
  process.exitCode = 1
} else {
  for (const name of asked) await BENCHES[name]?.(print)
}
