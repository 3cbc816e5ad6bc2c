export { CONFIG_SIZE_LIMIT, type TextFormatName } from './document.ts'
export { explain } from './explain.ts'
export { formatProblems } from './format-problems.ts'
export { parseConfig, type ValidationResult, validateConfig } from './validate.ts'
