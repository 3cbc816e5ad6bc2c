/**
 * The options of Node that the engine is started with. Its heap is small, since routes lie in columns beside it. Helper
 * threads of the garbage collector would cost more than they take off, most of all on a box with one or two cores; and young
 * objects that take less room stay in the processor's cache, and 10 MB out of memory.
 */
export const ENGINE_NODE_OPTIONS: readonly string[] = ['--single-threaded-gc', '--max-semi-space-size=2']
