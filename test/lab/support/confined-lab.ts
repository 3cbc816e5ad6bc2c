import { confined, ipBatch, Namespace, vethLine } from '../../../src/lab/index.ts'

/** A program for tests: a lab with two namespaces, a link and a process that would outlive it, if it could. */
await confined(async () => {
  const [left] = await Namespace.create(['left', 'right'])
  await ipBatch([vethLine({ namespace: 'left', name: 'eth0' }, { namespace: 'right', name: 'eth0' })])
  left.start(['setsid', 'sleep', process.argv[2]!])
  const orphan = left.start(['sh', '-c', `setsid sleep ${process.argv[2]} >/dev/null 2>&1 & echo started`])
  await orphan.waitForLine(/started/)
  if (process.argv[3] !== undefined) return Number(process.argv[3])
  process.stdout.write('ready\n')
  return await new Promise(() => {})
}, 'test-lab')
