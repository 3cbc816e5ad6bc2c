export { type Listeners, type ListenTargets, listen } from './listen.ts'
export { type ApiOptions, buildApi, routes } from './server.ts'
