import * as structs from 'netlink/dist/rt/structs.js'
import { describe, expect, it } from 'vitest'
import * as constants from '../../src/kernel/constants.ts'

/** Our table beside the netlink package's of the same numbers, where it has the name. */
const TABLES: readonly (readonly [string, Readonly<Record<string, number>>, object])[] = [
  ['RTM', constants.RTM, structs.MessageType],
  ['RTNLGRP', constants.RTNLGRP, structs.MulticastGroups],
  ['RTN', constants.RTN, structs.RouteType],
  ['RTPROT', constants.RTPROT, structs.RouteProtocol],
  ['RT_SCOPE', constants.RT_SCOPE, structs.RouteScope],
  ['RT_TABLE', constants.RT_TABLE, structs.RoutingTableClass],
  ['ARPHRD', constants.ARPHRD, structs.LinkType],
]

describe('the kernel’s constants', () => {
  for (const [name, ours, theirs] of TABLES) {
    it(`agree with the netlink package on ${name}`, () => {
      const shared = Object.entries(ours).filter(([key]) => key in theirs)
      expect(shared.length).toBeGreaterThan(1)
      expect(Object.fromEntries(shared)).toEqual(
        Object.fromEntries(shared.map(([key]) => [key, Reflect.get(theirs, key)])),
      )
    })
  }

  it('agree with the netlink package on flags', () => {
    expect(structs.formatNeighborState({ permanent: true })).toBe(constants.NUD.PERMANENT)
    expect(structs.formatNeighborFlags({ self: true })).toBe(constants.NTF.SELF)
    expect(structs.formatAddressFlags({ noprefixroute: true })).toBe(constants.IFA_F.NOPREFIXROUTE)
    expect(structs.formatDeviceFlags({ lowerUp: true })).toBe(constants.IFF.LOWER_UP)
    expect(structs.formatRouteNextHopFlags({ onlink: true })).toBe(constants.RTNH_F.ONLINK)
  })
})
