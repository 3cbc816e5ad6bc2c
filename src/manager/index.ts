export { type EngineCalls, EngineClient, type EngineClientOptions } from './engine-client.ts'
