export { Engine, type EngineParts } from './engine.ts'
export { rehearseRouting } from './rehearsal.ts'
export { EngineServer } from './server.ts'
export { TcpTransport } from './tcp-transport.ts'
