import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/**
 * Makes one file each of the box's programs: `node tools/bundle.ts [DIRECTORY]`, into `.cache/bundle` unless said
 * otherwise. From a bundle a program starts some five times as fast as from its thousand source files, which counts
 * where the processor is slow or emulated. Native parts (koffi) stay packages and are found by `node_modules`.
 */

const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url))

/** File of the bundle → entry point. The worker is started by its file, so it is one of its own. */
const PROGRAMS = {
  engine: source('main/engine.ts'),
  manager: source('main/manager.ts'),
  worker: source('kernel/worker.ts'),
}

const target = process.argv[2] ?? fileURLToPath(new URL('../.cache/bundle', import.meta.url))
const fresh = `${target}.${process.pid}`
mkdirSync(fresh, { recursive: true })
const build = await rolldown({ input: PROGRAMS, platform: 'node', external: ['koffi'], logLevel: 'warn' })
await build.write({ dir: fresh, format: 'esm', chunkFileNames: '[name]-[hash].js' })
await build.close()
// Whole or not at all: somebody may be starting from the one before.
rmSync(target, { recursive: true, force: true })
renameSync(fresh, target)
