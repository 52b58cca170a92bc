// How long X thinks a text is: its weighted count, pure, so that a browser can count the same while someone types.
// The rule: https://docs.x.com/fundamentals/counting-characters and the v3 configuration of twitter-text, checked 2026-11-21.

/** 280 at most. NFC first; a link counts 23, an emoji however long 2, Latin and the like 1, everything else (日本語) 2. */
export function weightedLength(text: string): number {
  const composed = text.normalize('NFC')
  let length = 0
  let from = 0
  for (const link of composed.matchAll(LINK)) {
    length += weightOf(composed.slice(from, link.index)) + LINK_WEIGHT
    from = link.index + link[0].length
  }
  return length + weightOf(composed.slice(from))
}

/** The same for an answer: the @handles it begins with address the conversation and cost nothing. */
export function weightedReplyLength(text: string): number {
  return weightedLength(text.replace(LEADING_HANDLES, ''))
}

/** Does X see a link in it? A post with one costs more. */
export function containsLink(text: string): boolean {
  return text.normalize('NFC').search(LINK) >= 0
}

export const LEADING_HANDLES = /^(?:\s*[@＠]\w{1,15}(?=\s|$))+\s*/u

const LINK_WEIGHT = 23
const EMOJI_WEIGHT = 2

function weightOf(text: string): number {
  let weight = 0
  let from = 0
  for (const emoji of text.matchAll(EMOJI)) {
    weight += characters(text.slice(from, emoji.index)) + EMOJI_WEIGHT
    from = emoji.index + emoji[0].length
  }
  return weight + characters(text.slice(from))
}

function characters(text: string): number {
  let weight = 0
  for (const character of text) weight += LIGHT.some(([first, last]) => isBetween(character.codePointAt(0)!, first, last)) ? 1 : 2
  return weight
}

const isBetween = (point: number, first: number, last: number) => point >= first && point <= last

/** Code points that count 1: Latin to Georgian, and general punctuation without the odd spaces. */
const LIGHT = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
] as const

const EMOJI = /\p{RGI_Emoji}/gv

/**
 * Endings that make a link of a bare host. X uses the whole list of top-level domains; a rare one missing here counts by its letters,
 * so write https:// before it. Two letters: every country.
 */
const KNOWN_ENDINGS =
  'com|net|org|info|biz|edu|gov|mil|int|name|pro|mobi|aero|asia|jobs|travel|coop|museum|tel|cat|xxx|' +
  'app|dev|page|blog|shop|store|online|site|website|web|tech|cloud|digital|email|news|media|live|tv|video|photo|photos|' +
  'help|support|care|health|service|services|solutions|systems|support|status|chat|community|social|team|group|global|world|' +
  'bank|finance|money|pay|insurance|credit|hotel|hotels|flights|airline|air|train|bus|taxi|car|cars|tours|voyage|holiday|' +
  'restaurant|pizza|bar|cafe|coffee|food|fun|games|game|play|art|design|studio|fashion|style|beauty|fit|fitness|yoga|' +
  'london|paris|berlin|istanbul|nyc|tokyo|amsterdam|xyz|top|club|vip|work|works|company|agency|business|network|zone|space|today|link|click|win|one|' +
  'ac|ad|ae|af|ag|ai|al|am|ao|aq|ar|as|at|au|aw|ax|az|ba|bb|bd|be|bf|bg|bh|bi|bj|bl|bm|bn|bo|bq|br|bs|bt|bv|bw|by|bz|ca|cc|cd|cf|cg|ch|ci|ck|cl|cm|cn|co|cr|cu|cv|cw|cx|cy|cz|' +
  'de|dj|dk|dm|do|dz|ec|ee|eg|eh|er|es|et|eu|fi|fj|fk|fm|fo|fr|ga|gb|gd|ge|gf|gg|gh|gi|gl|gm|gn|gp|gq|gr|gs|gt|gu|gw|gy|hk|hm|hn|hr|ht|hu|id|ie|il|im|in|io|iq|ir|is|it|' +
  'je|jm|jo|jp|ke|kg|kh|ki|km|kn|kp|kr|kw|ky|kz|la|lb|lc|li|lk|lr|ls|lt|lu|lv|ly|ma|mc|md|me|mf|mg|mh|mk|ml|mm|mn|mo|mp|mq|mr|ms|mt|mu|mv|mw|mx|my|mz|' +
  'na|nc|ne|nf|ng|ni|nl|no|np|nr|nu|nz|om|pa|pe|pf|pg|ph|pk|pl|pm|pn|pr|ps|pt|pw|py|qa|re|ro|rs|ru|rw|sa|sb|sc|sd|se|sg|sh|si|sj|sk|sl|sm|sn|so|sr|ss|st|su|sv|sx|sy|sz|' +
  'tc|td|tf|tg|th|tj|tk|tl|tm|tn|to|tp|tr|tt|tw|tz|ua|ug|uk|um|us|uy|uz|va|vc|ve|vg|vi|vn|vu|wf|ws|ye|yt|za|zm|zw'

const HOST = `(?:https?:\\/\\/(?:[\\p{L}\\p{N}_\\-]{1,63}\\.){1,10}\\p{L}[\\p{L}\\p{N}\\-]{1,62}|(?<![\\-_.\\/])(?:[a-z0-9À-ɏ_\\-]{1,63}\\.){1,10}(?:${KNOWN_ENDINGS})(?![0-9a-z@+\\-]))`
const PATH_CHARACTER = `[a-z0-9!*';:=+,.$\\/%#\\[\\]\\-–_~@\\|&À-ɏЀ-ӿ]`
const PATH_END = `[a-z0-9=_#\\/+\\-À-ɏЀ-ӿ]`
/** A path may hold one pair of brackets, and does not end with a full stop or a comma. */
const PATH = `(?:\\/(?:${PATH_CHARACTER}*\\(${PATH_CHARACTER}+\\)|${PATH_CHARACTER}*${PATH_END})?)?`
const QUERY = `(?:\\?[a-z0-9!?*'();:&=+$\\/%#\\[\\]\\-_.,~\\|@]*[a-z0-9\\-_&=#\\/])?`
const LINK = new RegExp(`(?<![a-z0-9@＠$#＃])${HOST}(?::\\d{1,5})?${PATH}${QUERY}`, 'giu')
