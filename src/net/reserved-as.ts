/** AS numbers that nobody has though they are in range, which 0 is not (RFC 7607), and what each is reserved for. */
const RESERVED: ReadonlyMap<number, string> = new Map([
  [23456, 'AS_TRANS, which stands in for four-octet AS numbers where they do not fit (RFC 6793)'],
  [65535, 'the last of the two-octet AS numbers is reserved (RFC 7300)'],
  [4294967295, 'the last of the four-octet AS numbers is reserved (RFC 7300)'],
])

/** Why an AS number can be nobody's; undefined where it can be somebody's. */
export function whyReserved(as: number): string | undefined {
  return RESERVED.get(as)
}
