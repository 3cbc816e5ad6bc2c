import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Whether nobody holds what `make` returns, when the garbage collector has been. */
export async function collected(make: () => object): Promise<boolean> {
  const weak = new WeakRef(make())
  // What was made or looked at in a job is kept until its end.
  await new Promise(setImmediate)
  gc()
  return weak.deref() === undefined
}
