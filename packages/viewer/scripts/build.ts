import { buildViewer } from '../serve/index.ts'

process.stdout.write(`${await buildViewer()}\n`)
