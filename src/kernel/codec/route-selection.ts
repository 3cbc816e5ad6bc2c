import { FirstPrefixes } from '../../net/first-prefixes.ts'
import { contains, type Prefix } from '../../net/prefix.ts'
import type { Message } from '../netlink/message-reader.ts'
import type { Route, RouteFilter } from '../objects.ts'
import { protocolOf, readDestinationPrefix, readRoute } from './route.ts'

/** Picks the routes that a filter names out of a dump; the others are left in the buffer, so that they cost little. */
export class RouteSelection {
  readonly #filter: RouteFilter
  #all: Route[] = []
  #first: FirstPrefixes<Route> | undefined

  constructor(filter: RouteFilter) {
    this.#filter = filter
    this.restart()
  }

  /** Forgets what was read: the dump begins again. */
  restart(): void {
    const { first, after, inside } = this.#filter
    this.#all = []
    this.#first = first === undefined ? undefined : new FirstPrefixes({ first, after, inside })
  }

  read(message: Message): void {
    const { inside, exceptProtocol } = this.#filter
    if (protocolOf(message) === exceptProtocol) return
    if (!this.#first && !inside) this.#take(message, route => this.#all.push(route))
    else {
      const prefix = readDestinationPrefix(message)
      if (prefix) this.#readInRange(message, prefix, this.#first)
    }
  }

  #readInRange(message: Message, prefix: Prefix, first: FirstPrefixes<Route> | undefined): void {
    const { inside } = this.#filter
    if (first) {
      if (first.wants(prefix)) this.#take(message, route => first.add(prefix, route))
    } else if (inside && contains(inside, prefix)) this.#take(message, route => this.#all.push(route))
  }

  /** Kernels may filter less than they were asked to. */
  #take(message: Message, keep: (route: Route) => void): void {
    const { table, protocol } = this.#filter
    const route = readRoute(message)
    if (!route || (table !== undefined && route.table !== table)) return
    if (protocol === undefined || route.protocol === protocol) keep(route)
  }

  routes(): Route[] {
    return this.#first ? this.#first.sorted().map(({ thing }) => thing) : this.#all
  }
}
