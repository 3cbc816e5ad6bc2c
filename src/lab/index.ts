/**
 * Labs of network namespaces, for tests, demos and benches: namespaces and links, BIRD, captures that are
 * decoded, and confinement, which takes all of it away with the program that made it.
 */
export { askBird, Bird, type BirdOptions, type BirdProtocol } from './bird.ts'
export { Capture, type CapturedPacket, type CaptureOptions } from './capture.ts'
export { attempt, type CommandResult, run } from './command.ts'
export { confined, enterArgv, findConfined } from './confine.ts'
export { decode } from './decode.ts'
export { CommandError, LabError } from './errors.ts'
export { type Feature, type Features, featureName, probeFeatures } from './features.ts'
export { bridgeBatch, ipBatch, type VethEnd, vethLine } from './ip.ts'
export { KernelEvents } from './kernel-events.ts'
export * from './layers.ts'
export { Namespace } from './namespace.ts'
export { type PcapPacket, PcapReader } from './pcap.ts'
export { LabProcess } from './process.ts'
export { type UntilOptions, until } from './wait.ts'
