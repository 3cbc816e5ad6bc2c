/** Stands where an AS number of four octets does not fit two (RFC 6793 §9). */
export const AS_TRANS = 23456
