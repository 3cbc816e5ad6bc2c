/** Milliseconds that a line waits for others. */
const TOGETHER = 10

let waiting = ''

/**
 * Writes a line of the log with its time to standard error. Lines that come at the same time go out in one call, since a
 * hundred neighbours come at the same time too; what is left goes out when the process ends.
 */
export function logLine(line: string): void {
  if (waiting === '') setTimeout(flush, TOGETHER).unref()
  waiting += `${new Date().toISOString()} ${line}\n`
}

function flush(): void {
  const text = waiting
  waiting = ''
  if (text !== '') process.stderr.write(text)
}

process.on('exit', flush)
