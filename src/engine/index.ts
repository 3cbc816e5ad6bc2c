export { Engine, type EngineParts } from './engine.ts'
export { EngineServer } from './server.ts'
export { TcpTransport } from './tcp-transport.ts'
