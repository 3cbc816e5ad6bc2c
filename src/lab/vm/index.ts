export { runInVm, VM_SHARE, VmError, type VmRun, whyNoVm } from './run.ts'
