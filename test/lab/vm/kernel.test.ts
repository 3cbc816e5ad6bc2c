import { describe, expect, it } from 'vitest'
import { insertionOrder } from '../../../src/lab/vm/kernel.ts'

const DEPENDENCIES = `kernel/fs/9p/9p.ko: kernel/fs/netfs/netfs.ko kernel/net/9p/9pnet.ko
kernel/net/9p/9pnet.ko:
kernel/drivers/virtio/virtio-pci.ko.xz: kernel/drivers/virtio/virtio.ko.xz kernel/drivers/virtio/virtio_ring.ko.xz
`
const BUILTIN = 'kernel/fs/ext4/ext4.ko\nkernel/net/unix/unix.ko\n'

describe('insertionOrder', () => {
  it('puts what a module needs before it, the deepest first', () => {
    expect(insertionOrder(DEPENDENCIES, BUILTIN, '9p')).toEqual([
      'kernel/net/9p/9pnet.ko',
      'kernel/fs/netfs/netfs.ko',
      'kernel/fs/9p/9p.ko',
    ])
  })

  it('takes hyphen and underscore for one, and packed modules by their names', () => {
    expect(insertionOrder(DEPENDENCIES, BUILTIN, 'virtio_pci')).toEqual([
      'kernel/drivers/virtio/virtio_ring.ko.xz',
      'kernel/drivers/virtio/virtio.ko.xz',
      'kernel/drivers/virtio/virtio-pci.ko.xz',
    ])
  })

  it('is empty for what the kernel has built in', () => {
    expect(insertionOrder(DEPENDENCIES, BUILTIN, 'ext4')).toEqual([])
  })

  it('names a module that the kernel does not have', () => {
    expect(() => insertionOrder(DEPENDENCIES, BUILTIN, 'ninep')).toThrow(
      "the VM's kernel has no module ninep",
    )
  })
})
