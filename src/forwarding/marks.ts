/** rtm_protocol (rtnetlink.h: 4 and up are free for routing daemons) of our routes and nexthop objects; IFA_PROTO and NDA_PROTOCOL too. */
export const CAUSEWAY_PROTOCOL = 201

/** What the alias (IFLA_IFALIAS) of a link that we made is, or begins with before a colon. */
export const CAUSEWAY_ALIAS = 'causeway'

/** True of the alias of a link that we made. */
export function isOurAlias(alias: string): boolean {
  return alias === CAUSEWAY_ALIAS || alias.startsWith(`${CAUSEWAY_ALIAS}: `)
}

/** The fallback device of the ipip module: the kernel makes it with the module, keeps it, and lets nobody change its ends. */
export const IPIP_FALLBACK = 'tunl0'
