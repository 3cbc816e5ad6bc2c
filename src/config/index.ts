export { CONFIG_SIZE_LIMIT, type TextFormatName } from './document.ts'
export { explain } from './explain.ts'
export { formatProblems } from './format-problems.ts'
export { formats } from './formats.ts'
export { expandPresets } from './presets/expand.ts'
export { PRESETS } from './presets/presets.ts'
export { ConfigStore, type StoredConfig } from './store.ts'
export { type StoreDisk, systemDisk } from './store-disk.ts'
export {
  parseConfig,
  presentFindings,
  type ValidationResult,
  validateConfig,
  validateInSteps,
} from './validate.ts'
export { countWords } from './words.ts'
