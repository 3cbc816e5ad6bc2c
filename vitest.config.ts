import { defineConfig } from 'vitest/config'

/** Three kinds of test, told apart by the end of their name: what they need decides where they run. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.ns.test.ts', 'test/**/*.vm.test.ts'],
        },
      },
      {
        test: {
          name: 'ns',
          include: ['test/**/*.ns.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'vm',
          include: ['test/**/*.vm.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
