/**
 * The options of Node that the engine is started with. Its heap is small, since routes lie in columns beside it:
 *
 * - the garbage collector has no reason to go through all of it while the first tables come;
 * - young objects that take less room stay in the processor's cache, and 10 MB out of memory;
 * - two threads compile and collect beside the main one, however many cores there are.
 */
export const ENGINE_NODE_OPTIONS: readonly string[] = [
  '--initial-old-space-size=256',
  '--max-semi-space-size=2',
  '--v8-pool-size=2',
]
