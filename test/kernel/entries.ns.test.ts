import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IFA_F, NTF, NUD } from '../../src/kernel/constants.ts'
import { type Kernel, openKernel } from '../../src/kernel/index.ts'
import { bridge, change, cleanUp, indexOf, ip } from './iproute.ts'

let kernel: Kernel
let link: number
let vxlan: number

beforeEach(async () => {
  kernel = await openKernel({ inWorker: false })
  change('link add br0 type bridge')
  change('link set br0 up')
  change('link add vx0 type vxlan id 7 dstport 4789 nolearning')
  change('link set vx0 master br0 up')
  link = indexOf('br0')
  vxlan = indexOf('vx0')
})

afterEach(async () => {
  await kernel.close()
  cleanUp()
})

describe('interface addresses in the kernel', () => {
  it('are added, dumped and deleted in both families', async () => {
    const addresses = [
      { link, prefix: '192.0.2.1/24', scope: 0, flags: IFA_F.NOPREFIXROUTE, protocol: 201 },
      { link, prefix: '2001:db8::1/64', scope: 0, flags: IFA_F.NODAD, protocol: 201 },
    ]
    expect(await kernel.apply(addresses.map(address => ({ op: 'addAddress', address })))).toEqual([
      undefined,
      undefined,
    ])
    const ours = (await kernel.dump('addresses')).filter(address => address.protocol === 201)
    expect(ours).toEqual(addresses.map(address => ({ ...address, flags: address.flags | IFA_F.PERMANENT })))
    const shown = ip('address', 'show', 'dev', 'br0')[0]?.addr_info
    expect(shown).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ local: '192.0.2.1', prefixlen: 24, noprefixroute: true }),
        expect.objectContaining({ local: '2001:db8::1', prefixlen: 64, nodad: true }),
      ]),
    )
    expect(await kernel.apply(ours.map(address => ({ op: 'deleteAddress', address })))).toEqual([
      undefined,
      undefined,
    ])
    expect((await kernel.dump('addresses')).filter(address => address.protocol === 201)).toEqual([])
  })

  it('are refused where they exist, and not deleted under another prefix length', async () => {
    const address = { link, prefix: '192.0.2.1/24', scope: 0, flags: 0, protocol: 201 }
    const results = await kernel.apply([
      { op: 'addAddress', address },
      { op: 'addAddress', address },
      { op: 'deleteAddress', address: { ...address, prefix: '192.0.2.1/25' } },
      { op: 'addAddress', address: { ...address, prefix: 'nonsense' } },
    ])
    expect(results).toEqual([
      undefined,
      { code: 'EEXIST', message: 'ipv4: Address already assigned' },
      { code: 'EADDRNOTAVAIL', message: 'ipv4: Address not found' },
      { code: 'EINVAL', message: '"nonsense" is not an address with a prefix length' },
    ])
  })
})

describe('neighbours in the kernel', () => {
  it('are set, changed, dumped and deleted in both families', async () => {
    const neighbor = {
      link,
      address: '192.0.2.9',
      macAddress: '02:00:00:00:00:09',
      state: NUD.PERMANENT,
      flags: 0,
      protocol: 201,
    }
    const set = [neighbor, { ...neighbor, address: '2001:db8::9' }]
    expect(await kernel.apply(set.map(neighbor => ({ op: 'setNeighbor', neighbor })))).toEqual([
      undefined,
      undefined,
    ])
    const changed = { ...neighbor, macAddress: '02:00:00:00:00:0a' }
    expect(await kernel.apply([{ op: 'setNeighbor', neighbor: changed }])).toEqual([undefined])
    const ours = (await kernel.dump('neighbors')).filter(({ protocol }) => protocol === 201)
    expect(ours).toEqual([changed, set[1]])
    expect(ip('neigh', 'show', '192.0.2.9', 'dev', 'br0')[0]).toMatchObject({
      lladdr: '02:00:00:00:00:0a',
      state: ['PERMANENT'],
    })
    expect(await kernel.apply(ours.map(neighbor => ({ op: 'deleteNeighbor', neighbor })))).toEqual([
      undefined,
      undefined,
    ])
    expect(await kernel.apply([{ op: 'deleteNeighbor', neighbor }])).toMatchObject([{ code: 'ENOENT' }])
  })
})

describe('FDB entries in the kernel', () => {
  const entry = (macAddress: string, destination: string) => ({
    link: vxlan,
    macAddress,
    destination,
    state: NUD.PERMANENT,
    flags: NTF.SELF,
  })
  const remotes = async () =>
    (await kernel.dump('fdb')).filter(({ destination }) => destination !== undefined)

  it('of a unicast MAC move to another VTEP when they are set again', async () => {
    const mac = '02:00:00:00:00:05'
    for (const destination of ['192.0.2.5', '192.0.2.6']) {
      expect(await kernel.apply([{ op: 'setFdb', entry: entry(mac, destination) }])).toEqual([undefined])
    }
    expect(await remotes()).toEqual([entry(mac, '192.0.2.6')])
    expect(bridge('fdb', 'show', 'dev', 'vx0')).toEqual(
      expect.arrayContaining([expect.objectContaining({ mac, dst: '192.0.2.6', state: 'permanent' })]),
    )
  })

  it('for flooding gather, and setting one twice is no failure', async () => {
    const zero = '00:00:00:00:00:00'
    const flood = ['192.0.2.5', '192.0.2.6', '192.0.2.6'].map(destination => entry(zero, destination))
    expect(await kernel.apply(flood.map(entry => ({ op: 'setFdb', entry })))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(await remotes()).toEqual([entry(zero, '192.0.2.5'), entry(zero, '192.0.2.6')])
    expect(await kernel.apply([{ op: 'deleteFdb', entry: entry(zero, '192.0.2.5') }])).toEqual([undefined])
    expect(await remotes()).toEqual([entry(zero, '192.0.2.6')])
  })

  it('of a bridge name it', async () => {
    const own = { link: vxlan, macAddress: '02:00:00:00:00:77', state: NUD.NOARP, flags: NTF.MASTER }
    expect(await kernel.apply([{ op: 'setFdb', entry: own }])).toEqual([undefined])
    const found = (await kernel.dump('fdb')).find(({ macAddress }) => macAddress === own.macAddress)
    expect(found).toMatchObject({ link: vxlan, master: link })
  })
})

describe('a batch of changes', () => {
  it('is carried out whole around the rows that fail, and told in their places', async () => {
    const neighbor = { link, address: '', macAddress: '', state: NUD.PERMANENT, flags: 0, protocol: 0 }
    const changes = Array.from({ length: 1500 }, (_, i) => ({
      op: 'setNeighbor' as const,
      neighbor: {
        ...neighbor,
        address: `10.1.${i >> 8}.${i & 255}`,
        // Rows 700 and 1200 are refused: by the kernel (no such link), and by the encoder.
        link: i === 700 ? 9999 : link,
        macAddress: i === 1200 ? 'x' : '02:00:00:00:00:01',
      },
    }))
    const results = await kernel.apply(changes)
    expect(results.flatMap((result, i) => (result ? [[i, result.code]] : []))).toEqual([
      [700, 'ENODEV'],
      [1200, 'EINVAL'],
    ])
    expect((await kernel.dump('neighbors')).filter(({ address }) => address.startsWith('10.1.')).length).toBe(
      1498,
    )
  })
})

describe('kernel parameters', () => {
  it('are read and set between other changes, in order', async () => {
    const results = await kernel.apply([
      { op: 'setSysctl', path: 'net/ipv4/conf/br0/rp_filter', value: '2' },
      { op: 'deleteLink', index: link },
      { op: 'setSysctl', path: 'net/ipv4/conf/br0/rp_filter', value: '1' },
      { op: 'setSysctl', path: 'net/ipv4/ip_forward', value: 'x' },
    ])
    expect(results).toEqual([
      undefined,
      undefined,
      { code: 'ENOENT', message: 'this kernel has no parameter net/ipv4/conf/br0/rp_filter' },
      { code: 'EINVAL', message: expect.any(String) },
    ])
    await kernel.apply([{ op: 'setSysctl', path: 'net/ipv4/ip_forward', value: '1' }])
    expect(await kernel.readSysctl('net/ipv4/ip_forward')).toBe('1')
    expect(await kernel.readSysctl('net/ipv4/no_such_thing')).toBeUndefined()
  })

  it('stay below /proc/sys', async () => {
    for (const path of [
      '../self/mem',
      'net/../../self/mem',
      '/etc/passwd',
      'net//ipv4',
      '',
      'net/.',
      'a\0b',
    ]) {
      await expect(kernel.readSysctl(path)).rejects.toMatchObject({ code: 'EINVAL' })
      expect(await kernel.apply([{ op: 'setSysctl', path, value: '1' }])).toMatchObject([{ code: 'EINVAL' }])
    }
  })
})
