import { existsSync, writeFileSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { confined } from '../../src/lab/confine.ts'
import { PEERS, type PeerName } from './bench.ts'
import { CASES, runMatrix } from './matrix.ts'
import { formatMatrix, markdownMatrix, unexpected } from './table.ts'

const USAGE = `usage: npm run interop -- [options]

Runs our engine with other BGP speakers, each of them Debian's own program, in network namespaces of its own, and
prints which features work with which: yes, no, or "-" where the peer lacks the feature, with what shows that below.

  --peer NAME      only this peer; again for more: ${Object.keys(PEERS).join(', ')}
  --case NAME      only this case of those below; again for more
  --json FILE      write every cell with its evidence as JSON too
  --markdown FILE  write it as a page of documentation too
  --help           this text

exit codes: 0 every cell is as declared, 1 one is not or it cannot run, 2 wrong arguments
`

function fail(message: string): never {
  process.stderr.write(`interop: ${message}; see --help\n`)
  process.exit(2)
}

function read() {
  try {
    return parseArgs({
      options: {
        peer: { type: 'string', multiple: true, default: Object.keys(PEERS) },
        case: { type: 'string', multiple: true, default: CASES.map(({ name }) => name) },
        json: { type: 'string' },
        markdown: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    return fail((error as Error).message)
  }
}

process.env.PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`
const options = read()
if (options.help) {
  process.stdout.write(
    `${USAGE}\ncases:\n${CASES.map(({ name, title }) => `  ${name.padEnd(20)} ${title}\n`).join('')}`,
  )
  process.exit(0)
}
for (const name of options.peer) if (!(name in PEERS)) fail(`there is no peer ${name}`)
for (const name of options.case) if (!CASES.some(one => one.name === name)) fail(`there is no case ${name}`)
const cases = CASES.filter(({ name }) => options.case.includes(name))
const peers = (Object.keys(PEERS) as PeerName[]).filter(name => options.peer.includes(name))

/** BIRD and ExaBGP stand in for others too: every run needs them. */
const needed = [...new Set([...peers, 'bird', 'exabgp'] as const)].map(name => PEERS[name].program.command)
const missing = needed.filter(
  command => !(process.env.PATH ?? '').split(delimiter).some(at => existsSync(resolve(at, command))),
)
const obstacle =
  process.getuid?.() !== 0
    ? 'network namespaces need root: sudo npm run interop'
    : missing.length > 0 && `${missing.join(', ')} missing: npm run interop installs them on Debian`
if (obstacle) {
  process.stderr.write(`interop: ${obstacle}\n`)
  process.exit(1)
}

await confined(async () => {
  const start = performance.now()
  const columns = await runMatrix({
    peers,
    cases,
    onCell: (cell, logs) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      const remark = cell.result === 'no' ? `: ${cell.evidence}` : ''
      process.stderr.write(`${seconds.padStart(6)} s  ${cell.peer} ${cell.case}: ${cell.result}${remark}\n`)
      for (const line of logs) process.stderr.write(`${line}\n`)
    },
  })
  process.stdout.write(`${formatMatrix(columns, cases)}\n`)
  const wrong = unexpected(columns)
  if (options.json) {
    writeFileSync(
      options.json,
      `${JSON.stringify({ asDeclared: wrong.length === 0, columns }, undefined, 2)}\n`,
    )
  }
  if (options.markdown) writeFileSync(options.markdown, markdownMatrix(columns, cases))
  for (const sentence of wrong) process.stderr.write(`${sentence}\n`)
  return wrong.length === 0 ? 0 : 1
}, 'interop')
