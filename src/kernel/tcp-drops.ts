import { readFileSync } from 'node:fs'

/** Counters of TCP's extensions in the network namespace (net/ipv4/proc.c, LINUX_MIB_*). */
const FILE = '/proc/net/netstat'

/**
 * Values of counters `TcpExt` by the kernel's names, in the order of `names`; 0 for one that this kernel does not have.
 * @returns undefined where the file cannot be read
 */
export function tcpCounters<const Names extends readonly string[]>(
  names: Names,
): { [K in keyof Names]: number } | undefined {
  try {
    return parseTcpCounters(readFileSync(FILE, 'utf8'), names)
  } catch {
    return undefined
  }
}

/** The same from the text of the file: pairs of lines, names and values. */
export function parseTcpCounters<const Names extends readonly string[]>(
  text: string,
  names: Names,
): { [K in keyof Names]: number } {
  const [keys = [], values = []] = text
    .split('\n')
    .filter(line => line.startsWith('TcpExt:'))
    .map(line => line.split(' '))
  return names.map(name => Number(values[keys.indexOf(name)] ?? 0)) as { [K in keyof Names]: number }
}
