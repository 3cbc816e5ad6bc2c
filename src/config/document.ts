import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml'
import { describeError, type Problem } from '../model/errors.ts'
import { findJsonFault } from './json-fault.ts'
import type { Path } from './path.ts'
import { yamlSentence } from './yaml-sentences.ts'

/** Bytes that the text of a configuration may have. */
export const CONFIG_SIZE_LIMIT = 2 * 1024 * 1024

const DEPTH_LIMIT = 24
/** Values that aliases may unfold to; what is written out does not count. */
const ALIAS_LIMIT = 10_000

export type TextFormatName = 'json' | 'yaml'

export interface Position {
  readonly line: number
  readonly column: number
}

/** A text that was read: its value, and where in the text each part of it stands. */
export interface ConfigDocument {
  readonly value: unknown
  /** The position of the value at a path, or of its key; of the nearest thing around it where it is not there. */
  locate(path: Path, at?: 'key'): Position
}

export type ReadResult =
  | { readonly document: ConfigDocument; readonly problems?: undefined }
  | { readonly problems: readonly Problem[]; readonly document?: undefined }

/**
 * Reads JSON (RFC 8259) or YAML 1.2 (core schema) into plain values. Never throws: what cannot be read comes back as
 * problems with line and column. Duplicate keys, keys that are not text, unknown tags, several documents and aliases
 * that unfold to too much are refused.
 */
export function readDocument(text: string | Uint8Array, format: TextFormatName): ReadResult {
  const size = typeof text === 'string' ? Buffer.byteLength(text) : text.length
  if (size > CONFIG_SIZE_LIMIT) {
    return { problems: [describeError('config-too-large', { size, limit: CONFIG_SIZE_LIMIT })] }
  }
  const source = typeof text === 'string' ? text.replace(/^\uFEFF/, '') : decode(text)
  if (source === undefined) return { problems: [describeError('config-not-utf8', {})] }
  if (format === 'json') {
    const problem = jsonFault(source)
    if (problem) return { problems: [problem] }
  }
  return readYaml(source)
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function jsonFault(source: string): Problem | undefined {
  const fault = findJsonFault(source)
  if (!fault) return undefined
  const before = source.slice(0, fault.offset)
  return {
    ...describeError('json-syntax', { reason: fault.reason }),
    line: before.split('\n').length,
    column: fault.offset - before.lastIndexOf('\n'),
  }
}

function readYaml(source: string): ReadResult {
  const lines = new LineCounter()
  const document = parseDocument(source, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    stringKeys: true,
    // Duplicate keys are found below: the library compares every pair of keys.
    uniqueKeys: false,
  })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    const problems = faults.slice(0, 20).map(fault => ({
      ...describeError('yaml-syntax', yamlSentence(fault.code, source, fault.pos[0])),
      ...positionAt(lines, fault.pos[0]),
    }))
    return { problems: dropFollowers(problems) }
  }
  const reader = new NodeReader(document, lines)
  const value = reader.read(document.contents)
  if (reader.problems.length > 0) return { problems: reader.problems }
  return { document: { value, locate: (path, at) => reader.locate(path, at) } }
}

/** One slip makes the parser report several faults at one place; the first one says it. */
function dropFollowers(problems: readonly Problem[]): readonly Problem[] {
  const lines = new Set<number | undefined>()
  return problems.filter(problem => {
    const first = !lines.has(problem.line)
    lines.add(problem.line)
    return first
  })
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** Turns the nodes of a YAML document into plain values, and finds them again by path. */
class NodeReader {
  readonly problems: Problem[] = []
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #anchors = new Map<string, Node>()
  #unfolded = 0
  #stopped = false

  constructor(document: Document, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  read(node: unknown, depth = 0, unfolding = false): unknown {
    if (this.#stopped) return undefined
    if (unfolding && ++this.#unfolded > ALIAS_LIMIT) return this.#stop('alias-limit', ALIAS_LIMIT, node)
    if (depth > DEPTH_LIMIT) return this.#stop('nesting-limit', DEPTH_LIMIT, node)
    if (isAlias(node)) return this.#readAlias(node, depth)
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      // An anchor holds from here on, and a later one of its name takes its place (YAML 1.2 section 7.1).
      if (node.anchor !== undefined && !unfolding) this.#anchors.set(node.anchor, node)
    }
    if (isScalar(node)) return node.value
    if (isSeq(node)) return node.items.map(item => this.read(item, depth + 1, unfolding))
    if (isMap(node)) return this.#readMap(node.items, depth, unfolding)
    return null
  }

  #readMap(
    pairs: readonly { key: unknown; value: unknown }[],
    depth: number,
    unfolding: boolean,
  ): Record<string, unknown> {
    const entries = new Map<string, unknown>()
    const firsts = new Map<string, number>()
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : String(key)
      const { line, column } = this.#position(key)
      const first = firsts.get(name)
      if (first === undefined) firsts.set(name, line)
      else if (!unfolding && this.problems.length < 100)
        this.problems.push({ ...describeError('duplicate-key', { key: name, line: first }), line, column })
      entries.set(name, this.read(value, depth + 1, unfolding))
    }
    // fromEntries defines each key as its own property, `__proto__` too.
    return Object.fromEntries(entries)
  }

  #readAlias(alias: Alias, depth: number): unknown {
    const target = this.#anchors.get(alias.source)
    if (!target) {
      this.problems.push({
        ...describeError('yaml-syntax', {
          reason: `The alias *${alias.source} has no anchor &${alias.source} before it`,
          advice: 'Write the value out, or put quotes around a text that begins with an asterisk',
        }),
        ...this.#position(alias),
      })
      return undefined
    }
    return this.read(target, depth + 1, true)
  }

  #stop(code: 'alias-limit' | 'nesting-limit', limit: number, node: unknown): undefined {
    this.#stopped = true
    this.problems.push({ ...describeError(code, { limit }), ...this.#position(node) })
    return undefined
  }

  locate(path: Path, at?: 'key'): Position {
    let node: unknown = this.#document.contents
    let place: unknown = node
    for (const [depth, step] of path.entries()) {
      const around = isAlias(node) ? this.#anchors.get(node.source) : node
      let next: unknown
      if (isSeq(around)) next = around.items[Number(step)]
      if (isMap(around)) {
        const pair = around.items.find(({ key }) => isScalar(key) && String(key.value) === step)
        if (!pair) break
        next = pair.value
        place = pair.key
        if (at === 'key' && depth === path.length - 1) break
      }
      if (next === undefined) break
      node = next
      if (hasRange(next)) place = next
    }
    return this.#position(place)
  }

  #position(node: unknown): Position {
    return hasRange(node) ? positionAt(this.#lines, node.range[0]) : { line: 1, column: 1 }
  }
}

function hasRange(node: unknown): node is { range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}
