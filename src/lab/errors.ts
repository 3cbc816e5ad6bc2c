/** What goes wrong while a lab is built or used: always a sentence that names the place and the command. */
export class LabError extends Error {
  override readonly name: string = 'LabError'
}

/** A command ended with another status than 0, by a signal, or not in time. */
export class CommandError extends LabError {
  override readonly name = 'CommandError'
  readonly argv: readonly string[]
  /** Exit status; undefined where a signal ended it or it could not be started. */
  readonly status: number | undefined
  readonly stderr: string

  constructor(message: string, argv: readonly string[], status: number | undefined, stderr: string) {
    super(message)
    this.argv = argv
    this.status = status
    this.stderr = stderr
  }
}
