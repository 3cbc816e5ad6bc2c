import type { ErrorCode as YamlErrorCode } from 'yaml'

interface Sentence {
  readonly reason: string
  readonly advice: string
}

/** What each fault of the YAML parser means to a person, and what to do about it. */
const sentences: Readonly<Record<YamlErrorCode, Sentence>> = {
  ALIAS_PROPS: {
    reason: 'An alias (*name) has an anchor or a tag of its own',
    advice: 'Leave the anchor or tag out',
  },
  BAD_ALIAS: {
    reason: 'This begins an anchor or an alias (& or *), but no name follows that could be one',
    advice: 'Put quotes around a text that begins with & or *',
  },
  BAD_COLLECTION_TYPE: {
    reason: 'The tag does not fit what it stands before',
    advice: 'Leave out the tag that begins with !',
  },
  BAD_DIRECTIVE: {
    reason: 'A line that begins with a percent sign is a YAML directive, and this is none',
    advice: 'Remove the line; comments begin with #',
  },
  BAD_DQ_ESCAPE: {
    reason: 'The text in double quotes has a backslash before a character that cannot follow it',
    advice: 'Write two backslashes for one, or use single quotes',
  },
  BAD_INDENT: {
    reason: 'The indentation fits nothing around it, or a bracket is not closed',
    advice: 'Give the keys of one map the same indentation, in spaces, and close each bracket',
  },
  BAD_PROP_ORDER: {
    reason: 'An anchor or a tag stands in a place where none may',
    advice: 'Remove it, or put it right before its value',
  },
  BAD_SCALAR_START: {
    reason: 'A text cannot begin with this character',
    advice: 'Put quotes around the text',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    reason: 'Two keys with colons stand in one line',
    advice: 'Write each key in a line of its own, or put quotes around a text with a colon and a space in it',
  },
  BLOCK_IN_FLOW: {
    reason: 'A list or map with indentation stands inside brackets',
    advice: 'Use brackets inside of brackets, or indentation throughout',
  },
  DUPLICATE_KEY: { reason: 'A key stands twice in one map', advice: 'Keep one of the two' },
  IMPOSSIBLE: { reason: 'The text cannot be read here', advice: 'Write this part anew' },
  KEY_OVER_1024_CHARS: {
    reason: 'A key is longer than 1024 characters, or its colon is in another line',
    advice: 'Write the key and its colon in one line',
  },
  MISSING_CHAR: {
    reason: 'A character is missing here: a closing quote, a colon, a comma or a space',
    advice: 'Close what was opened, write a space after each colon, and a comma between items in brackets',
  },
  MULTILINE_IMPLICIT_KEY: {
    reason: 'This line has no colon, and what follows makes it a key of several lines',
    advice: 'Write `key: value`, with a colon and a space',
  },
  MULTIPLE_ANCHORS: { reason: 'A value has two anchors', advice: 'Keep one of the two' },
  MULTIPLE_DOCS: {
    reason: 'The text holds several documents, set apart by ---',
    advice: 'Send one document; remove the line --- and what does not belong to it',
  },
  MULTIPLE_TAGS: { reason: 'A value has two tags', advice: 'Leave out the tags' },
  NON_STRING_KEY: {
    reason: 'A key is a list or a map instead of text',
    advice: 'Write a name before the colon',
  },
  RESOURCE_EXHAUSTION: {
    reason: 'The text is nested too deeply',
    advice: 'Take brackets or levels of indentation away',
  },
  TAB_AS_INDENT: {
    reason: 'A tab stands in the indentation, where YAML takes spaces only',
    advice: 'Use two spaces for each level; most editors can turn tabs into spaces',
  },
  TAG_RESOLVE_FAILED: {
    reason: 'The tag (a word that begins with !) is not known here, or does not fit its value',
    advice: 'Leave the tag out; put quotes around a text that begins with !',
  },
  UNEXPECTED_TOKEN: {
    reason: 'Something stands here that does not belong: a stray bracket, comma, quote or sign',
    advice: 'Remove it, or put quotes around the text that it is part of',
  },
}

/** The sentence for a fault of the parser at an offset of the text. */
export function yamlSentence(code: YamlErrorCode, source: string, offset: number): Sentence {
  const { reason, advice } = sentences[code]
  const line = source
    .slice(offset, offset + 30)
    .split(/\r?\n/, 1)[0]!
    .trim()
  return { reason: line === '' ? reason : `${reason}, at ${JSON.stringify(line)}`, advice }
}
