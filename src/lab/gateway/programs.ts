import { fileURLToPath } from 'node:url'
import { run } from '../command.ts'

/** The files of the box's two processes. */
export interface Programs {
  readonly engine: string
  readonly manager: string
}

const path = (relative: string) => fileURLToPath(new URL(`../../../${relative}`, import.meta.url))

const SOURCES: Programs = { engine: path('src/main/engine.ts'), manager: path('src/main/manager.ts') }
const BUNDLES: Programs = {
  engine: path('.cache/bundle/engine.js'),
  manager: path('.cache/bundle/manager.js'),
}

/** Where Node keeps what it compiled. */
const COMPILE_CACHE = path('.cache/compile')

/** Set where the bundles are to be started instead of the sources. */
const BUNDLED = 'CAUSEWAY_BUNDLED'

/** What the box is started from: the sources, or their bundles where the environment says so. */
export function programs(): Programs {
  return process.env[BUNDLED] ? BUNDLES : SOURCES
}

/** The environment in which Node keeps what it compiled for the next start. */
export function quickStart(): Record<string, string> {
  return { NODE_COMPILE_CACHE: COMPILE_CACHE }
}

/**
 * Makes the bundles, and compiles them and other programs ahead, for starts on an emulated processor, where loading a
 * thousand source files takes most of a minute.
 * @param others more files that are going to be run; each must know `--help`
 * @returns the environment for what runs there
 */
export async function prepareForEmulation(...others: readonly string[]): Promise<Record<string, string>> {
  await run([process.execPath, path('tools/bundle.ts')])
  const environment = quickStart()
  await Promise.all(
    [BUNDLES.engine, BUNDLES.manager, ...others].map(program =>
      run([process.execPath, program, '--help'], { environment }),
    ),
  )
  return { ...environment, [BUNDLED]: '1' }
}
