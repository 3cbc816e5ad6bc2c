/** A format of the schema: the check that the validator runs, and the sentences for a text that fails it. */
export interface TextFormat {
  readonly code:
    | 'bad-address'
    | 'bad-prefix'
    | 'bad-mac'
    | 'bad-interface-name'
    | 'bad-as-path-pattern'
    | 'bad-community'
    | 'bad-as-range'
    | 'bad-nexthop'
  readonly valid: (text: string) => boolean
  /** Why a text that is not valid is not, and what would be right. */
  readonly explain: (text: string) => { readonly reason: string; readonly advice: string }
}
