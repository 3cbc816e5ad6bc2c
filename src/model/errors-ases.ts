/** Errors of the configuration on the AS numbers of sessions. */
export const asErrors = {
  'as-range': {
    title: 'This is no range of AS numbers.',
    status: 422,
    detail: '{value} is neither an AS number nor a range of them.',
    fix: 'Write a number from 1 to 4294967295, or two with a hyphen, the lower one first, as in "64512-64999".',
  },
  'as-reserved': {
    title: 'The AS number is reserved.',
    status: 422,
    detail: 'Nobody can be AS {as}: {reason}.',
    fix: '{advice}.',
  },
  'remote-as-and-set': {
    title: 'A group has either remoteAs or remoteAsSet.',
    status: 422,
    detail: 'The group {name} has both remoteAs: {as} and remoteAsSet.',
    fix: 'Put {as} into remoteAsSet and take remoteAs away, or the other way round.',
  },
  'local-as-own': {
    title: 'The local AS of the session is our own AS.',
    status: 422,
    severity: 'warning',
    detail: 'The session has localAs.as: {as}, which bgp.localAs is already: it changes nothing.',
    fix: 'Take localAs away, or give the AS that the neighbour expects.',
  },
} as const
