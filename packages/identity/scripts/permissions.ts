import { readFileSync, writeFileSync } from 'node:fs'
import { permissionsPage } from './permissions-page.ts'

const PAGE = new URL('../../../docs/permissions.md', import.meta.url)

const page = permissionsPage()
if (process.argv.includes('--check')) {
  if (readFileSync(PAGE, 'utf8') !== page) {
    process.stderr.write('docs/permissions.md is not what the table says: run `pnpm permissions:print`.\n')
    process.exitCode = 1
  }
} else {
  writeFileSync(PAGE, page)
}
