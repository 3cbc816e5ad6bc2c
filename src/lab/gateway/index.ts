/** The gateway lab: a box, an outside host, and four kinds of cluster node with their pods. */
export { Box, COMPILE_CACHE, compileAhead, loadBoxConfig } from './box.ts'
export { withoutFeatures } from './box-config.ts'
export { GatewayLab, type GatewayLabOptions } from './lab.ts'
export { type Path, pathsOf } from './paths.ts'
export { KINDS, type NodeName } from './plan.ts'
export { formatTable, summary, tableJson } from './table.ts'
export { buildTopology, possibleNodes, type Topology } from './topology.ts'
export { type PathResult, tryPaths } from './try-paths.ts'
