import { pythonRepr } from './python-repr.ts';

const ATEXT = String.raw`a-zA-Z0-9_!#$%&'*+\-/=?^` + '`{|}~';
const INTERNATIONAL = String.raw`${ATEXT}\u{80}-\u{10ffff}`;
const DOT_ATOM = new RegExp(String.raw`^[${INTERNATIONAL}]+(?:\.[${INTERNATIONAL}]+)*$`, 'u');
const LOCAL_CHARACTER = new RegExp(`^[.${INTERNATIONAL}]$`, 'u');
const HOST_CHARACTER = /^[a-zA-Z0-9.\u{80}-\u{10ffff}-]$/u;
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?))*$/;
/** Invisible, unassigned, or a blank. */
const UNSAFE = /[\p{C}\p{Z}]/u;
/** RFC 6761, RFC 6762, RFC 7686: mail never gets there. */
const RESERVED_DOMAINS = ['arpa', 'invalid', 'local', 'localhost', 'onion', 'test'];
/** RFC 1035 §2.3.4, RFC 5321 §4.5.3.1.3; octets. */
const MAX_DOMAIN_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;
const MAX_ADDRESS_LENGTH = 254;

/**
 * What is wrong with an e-mail address, as the library that PyPI uses words it (`email-validator`, deliverability not
 * looked at); nothing when mail could be sent there. Quoted local parts and addresses in brackets are refused.
 */
export function emailAddressProblem(address: string): string | undefined {
  if (address.startsWith('"')) return quotedProblem(address);
  const at = address.indexOf('@');
  if (at < 0) return missingAtProblem(address);
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  return localProblem(local) ?? domainProblem(domain) ?? lengthProblem(address);
}

function missingAtProblem(address: string): string {
  if (address.includes('\uff20')) {
    return 'The email address has the "full-width" at-sign (@) character instead of a regular at-sign.';
  }
  if (address.includes('\ufe6b')) {
    return 'The email address has the "small commercial at" character instead of a regular at-sign.';
  }
  return 'An email address must have an @-sign.';
}

function quotedProblem(address: string): string | undefined {
  const quoted = /^"((?:[^"\\]|\\.)*)"@(.*)$/s.exec(address);
  if (quoted === null) return 'An email address must have an @-sign.';
  return 'Quoting the part before the @-sign is not allowed here.';
}

function localProblem(local: string): string | undefined {
  if (local === '') return 'There must be something before the @-sign.';
  if (DOT_ATOM.test(local)) return unsafeProblem(local);
  const wrong = namesOf(local, (char) => !LOCAL_CHARACTER.test(char));
  if (wrong !== '') return `The email address contains invalid characters before the @-sign: ${wrong}.`;
  return dotProblem(local, {
    start: 'An email address cannot start with a {}.',
    end: 'An email address cannot have a {} immediately before the @-sign.',
  });
}

function domainProblem(domain: string): string | undefined {
  if (domain === '') return 'There must be something after the @-sign.';
  if (domain.startsWith('[') && domain.endsWith(']')) {
    return 'A bracketed IP address after the @-sign is not allowed here.';
  }
  if (domain.length > MAX_DOMAIN_LENGTH) {
    return `The email address is too long after the @-sign ${excess(domain.length - MAX_DOMAIN_LENGTH)}.`;
  }
  const wrong = namesOf(domain, (char) => !HOST_CHARACTER.test(char));
  if (wrong !== '') return `The part after the @-sign contains invalid characters: ${wrong}.`;
  const ascii = asciiDomain(domain);
  return (
    unsafeProblem(domain) ??
    dotProblem(domain, {
      start: 'An email address cannot have a {} immediately after the @-sign.',
      end: 'An email address cannot end with a {}.',
      hyphens: true,
    }) ??
    (ascii === null ? 'The part after the @-sign is not valid IDNA.' : asciiDomainProblem(ascii))
  );
}

/** The name as DNS has it (RFC 5891 "A-label"); null when it has none. */
function asciiDomain(domain: string): string | null {
  if (HOST.test(domain)) return domain;
  const ascii = URL.parse(`http://${domain}/`)?.hostname ?? '';
  return HOST.test(ascii) ? ascii : null;
}

function asciiDomainProblem(domain: string): string | undefined {
  const labels = domain.split('.');
  if (labels.some((label) => /^(?!xn)..--/i.test(label))) {
    return 'An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode.';
  }
  const long = labels.find((label) => label.length > MAX_LABEL_LENGTH);
  if (long !== undefined) {
    return `After the @-sign, periods cannot be separated by so many characters ${excess(long.length - MAX_LABEL_LENGTH)}.`;
  }
  if (labels.length < 2) return 'The part after the @-sign is not valid. It should have a period.';
  if (!/[A-Za-z]$/.test(domain)) {
    return 'The part after the @-sign is not valid. It is not within a valid top-level domain.';
  }
  if (RESERVED_DOMAINS.includes(labels.at(-1)!)) {
    return 'The part after the @-sign is a special-use or reserved name that cannot be used with email.';
  }
  return undefined;
}

function dotProblem(
  text: string,
  { start, end, hyphens = false }: { start: string; end: string; hyphens?: boolean },
): string | undefined {
  if (text.endsWith('.')) return end.replace('{}', 'period');
  if (text.startsWith('.')) return start.replace('{}', 'period');
  if (text.includes('..')) return 'An email address cannot have two periods in a row.';
  if (!hyphens) return undefined;
  if (text.endsWith('-')) return end.replace('{}', 'hyphen');
  if (text.startsWith('-')) return start.replace('{}', 'hyphen');
  if (!/\.-|-\./.test(text)) return undefined;
  return 'An email address cannot have a period and a hyphen next to each other.';
}

function unsafeProblem(text: string): string | undefined {
  const first = /^\p{M}/u.test(text) ? [...text][0] : undefined;
  const wrong = namesOf(text, (char) => UNSAFE.test(char) || char === first);
  return wrong === '' ? undefined : `The email address contains unsafe characters: ${wrong}.`;
}

function lengthProblem(address: string): string | undefined {
  const bytes = new TextEncoder().encode(address).length;
  return bytes > MAX_ADDRESS_LENGTH
    ? `The email address is too long ${excess(bytes - MAX_ADDRESS_LENGTH)}.`
    : undefined;
}

function excess(characters: number): string {
  return `(${characters} character${characters > 1 ? 's' : ''} too many)`;
}

/** The characters that are meant, each once, in the order of how they are shown. */
function namesOf(text: string, isMeant: (char: string) => boolean): string {
  const shown = new Set([...text].filter(isMeant).map(nameOf));
  return [...shown].sort().join(', ');
}

function nameOf(char: string): string {
  if (char === '\\') return '"\\"';
  if (char === ' ') return 'SPACE';
  if (char === '\u00a0') return 'NO-BREAK SPACE';
  if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(char)) return pythonRepr(char);
  return `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
