import { parseAsPattern, readAsRange } from '../bgp/policy/as-pattern.ts'
import {
  isListName,
  parseCommunity,
  parseCommunityPattern,
  WELL_KNOWN_NAMES,
} from '../bgp/policy/community-text.ts'
import { prefixMatchOf } from '../bgp/policy/prefix-range.ts'
import { parseAddress } from '../net/address.ts'
import type { TextFormat } from './text-format.ts'
import { closest } from './words.ts'

/** The formats of what policies are written in. */
export const policyFormats: Readonly<Record<string, TextFormat>> = {
  'prefix-range': {
    code: 'bad-prefix',
    valid: text => prefixMatchOf(text) !== undefined,
    explain: () => ({
      reason: 'it is not a prefix with ge and le behind it',
      advice: 'Write it as in 10.244.0.0/16, or 10.244.0.0/16 ge 24 le 26',
    }),
  },
  'as-path-pattern': {
    code: 'bad-as-path-pattern',
    valid: text => typeof parseAsPattern(text) !== 'string',
    explain: text => ({
      reason: String(parseAsPattern(text)),
      advice: 'Write AS numbers, [64512-65534], . and * with blanks between them, as in ^ 65001 * $',
    }),
  },
  'community-pattern': community(text => parseCommunityPattern(text) !== undefined),
  'community-match': community(text => parseCommunityPattern(text) !== undefined || isListName(text)),
  community: community(text => parseCommunity(text) !== undefined || isListName(text)),
  'as-range': {
    code: 'bad-as-range',
    valid: text => readAsRange(text) !== undefined,
    explain: text => ({
      reason: /^\d+-\d+$/.test(text) ? 'its bounds do not fit' : 'it is not two numbers with a hyphen',
      advice: 'Write a number, or a range as in 64512-65534',
    }),
  },
  'policy-nexthop': {
    code: 'bad-nexthop',
    valid: text => parseAddress(text) !== undefined || NEXTHOP_WORDS.includes(text),
    explain: text => {
      const likely = closest(text, NEXTHOP_WORDS)
      const advice = 'Give an address such as 192.0.2.1, or self, peer or unchanged'
      return {
        reason: 'it is neither an address nor one of the words for one',
        advice: likely === undefined ? advice : `Did you mean ${likely}? ${advice}`,
      }
    },
  },
}

const NEXTHOP_WORDS = ['self', 'peer', 'unchanged']

function community(valid: (text: string) => boolean): TextFormat {
  return {
    code: 'bad-community',
    valid,
    explain: text => {
      const advice =
        'Write it as in 65000:100, 65000:1:100, rt:65000:100 or no-export, or give the name of a list'
      if (parseCommunityPattern(text) && !parseCommunity(text))
        return {
          reason: 'it has a * where one community is to be given',
          advice: 'Write a number for each *',
        }
      const likely = closest(text.replaceAll('_', '-').toLowerCase(), WELL_KNOWN_NAMES)
      return {
        reason: communityFault(text),
        advice: likely === undefined ? advice : `Did you mean ${likely}? ${advice}`,
      }
    },
  }
}

function communityFault(text: string): string {
  const fields = text.split(':')
  const large = fields.find(
    field => /^\d+$/.test(field) && Number(field) > (fields.length === 2 ? 65_535 : 4_294_967_295),
  )
  if (large !== undefined) {
    const limit = fields.length === 2 ? '65535, the most that a standard one has room for' : '4294967295'
    return `${large.slice(0, 20)} is larger than ${limit}`
  }
  return 'it has none of the forms of a community'
}
