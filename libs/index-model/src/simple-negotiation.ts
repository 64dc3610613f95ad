/** JSON, HTML under its own media type (PEP 691), or HTML as `text/html`. */
export type SimpleFormat = 'json' | 'html-v1' | 'html';

/** Values of Content-Type. Installers compare their beginnings. */
export const simpleContentTypes: Readonly<Record<SimpleFormat, string>> = {
  json: 'application/vnd.pypi.simple.v1+json',
  'html-v1': 'application/vnd.pypi.simple.v1+html',
  html: 'text/html; charset=utf-8',
};

/** What is offered; of equally welcome formats the first wins. */
const OFFERS: readonly (readonly [SimpleFormat, string, string])[] = [
  ['html', 'text', 'html'],
  ['html-v1', 'application', 'vnd.pypi.simple.v1+html'],
  ['json', 'application', 'vnd.pypi.simple.v1+json'],
];

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly hasParameters: boolean;
  readonly quality: number;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = `${TOKEN}=(?:${TOKEN}|"(?:[^"\\\\]|\\\\.)*")`;
const MEDIA_RANGE = new RegExp(`^(${TOKEN})/(${TOKEN})((?:[ \\t]*;[ \\t]*${PARAMETER})*)$`);
const QUALITY = /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;
/** Characters; what is longer is no installer's. */
const maxHeaderLength = 2_000;

/**
 * The format of a Simple API answer (PEP 691, RFC 9110 §12.5.1). Without a header, with one that nobody can read,
 * and when nothing offered is welcome, it is `html`: the answer is never 406.
 */
export function negotiateSimple(accept: string | undefined): SimpleFormat {
  const ranges = accept === undefined || accept.length > maxHeaderLength ? null : parseAccept(accept);
  if (ranges === null) return 'html';
  let best: SimpleFormat = 'html';
  let bestQuality = 0;
  for (const [format, type, subtype] of OFFERS) {
    const quality = qualityOf(ranges, type, subtype);
    if (quality > bestQuality) [best, bestQuality] = [format, quality];
  }
  return best;
}

/**
 * The most welcome of the media types that are offered, of equals the first; null when none is. Without a header, and
 * with one that nobody can read, everything is welcome.
 * @param offers `type/subtype`, lower case
 */
export function negotiateMediaType<Offer extends string>(
  accept: string | undefined,
  offers: readonly Offer[],
): Offer | null {
  const ranges = accept === undefined || accept.length > maxHeaderLength ? null : parseAccept(accept);
  if (ranges === null) return offers[0] ?? null;
  const qualities = offers.map((offer) => qualityOf(ranges, ...(offer.split('/') as [string, string])));
  const best = Math.max(0, ...qualities);
  return best === 0 ? null : offers[qualities.indexOf(best)]!;
}

/** Null when any element is malformed: then the header says nothing. */
function parseAccept(header: string): readonly MediaRange[] | null {
  const ranges: MediaRange[] = [];
  for (const element of splitOutsideQuotes(header)) {
    const range = parseRange(element);
    if (range === null) return null;
    ranges.push(range);
  }
  return ranges.length === 0 ? null : ranges;
}

function parseRange(element: string): MediaRange | null {
  const match = MEDIA_RANGE.exec(element);
  if (match === null) return null;
  const [, type, subtype, rest] = match as unknown as [string, string, string, string];
  if (type === '*' && subtype !== '*') return null;
  const parameters = rest.match(new RegExp(PARAMETER, 'g')) ?? [];
  const at = parameters.findIndex((parameter) => /^q=/i.test(parameter));
  const weight = at < 0 ? '1' : parameters[at]!.slice(2);
  if (!QUALITY.test(weight)) return null;
  return {
    type: type.toLowerCase(),
    subtype: subtype.toLowerCase(),
    hasParameters: at < 0 ? parameters.length > 0 : at > 0,
    quality: Number(weight),
  };
}

/** The most specific range that covers a media type decides, of equal ones the first; 0 when none does. */
function qualityOf(ranges: readonly MediaRange[], type: string, subtype: string): number {
  const levels: readonly ((range: MediaRange) => boolean)[] = [
    // What is offered has no parameters: a range that asks for some means something else.
    (range) => range.type === type && range.subtype === subtype && !range.hasParameters,
    (range) => range.type === type && range.subtype === '*',
    (range) => range.type === '*',
  ];
  for (const covers of levels) {
    const covering = ranges.find(covers);
    if (covering !== undefined) return covering.quality;
  }
  return 0;
}

/** Elements of a comma-separated header field; empty ones are passed over (RFC 9110 §5.6.1). */
function splitOutsideQuotes(header: string): string[] {
  const elements = header.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"|")+/g) ?? [];
  return elements.map((element) => element.trim()).filter((element) => element !== '');
}
