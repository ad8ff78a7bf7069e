import { type Refusal, refusal } from '../../domain/refusal.ts';
import { decodeArmor } from './armor.ts';

export type Framed =
  | { readonly kind: 'unsigned'; readonly text: string }
  /** `text` is what the signature is over, lines ending in `\n`, without the trailing blanks that no signature covers. */
  | {
      readonly kind: 'signed';
      readonly text: string;
      readonly hashes: readonly string[];
      readonly signature: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly because: Refusal };

/**
 * Takes a clearsigned file apart (RFC 9580 §7) and refuses everything that two programs could read in two ways: the
 * library is lenient about text around the block, headers, dashes and checksums, so it is given nothing but the text
 * and the bytes of the signature that were found here. A file without any OpenPGP armor is `unsigned`.
 */
export const frame = (file: Uint8Array): Framed => {
  const lineEnds = file.length > largest.bytes ? 0 : file.reduce((sum, byte) => (byte === 0x0a ? sum + 1 : sum), 0);
  if (file.length > largest.bytes || lineEnds > largest.lines) {
    const fact = `the file has ${file.length} bytes or too many lines; ${largest.bytes} bytes and ${largest.lines} lines are read`;
    return refused('oversized', fact, 'upload a smaller file');
  }
  const text = utf8(file);
  if (text === undefined) {
    return refused('not-utf-8', 'the file is not UTF-8 text', 'clearsign a text file (debsign)');
  }
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const marks = lines.flatMap((line, index) => (line.startsWith('-----') ? [{ line: trimEnd(line), index }] : []));
  const begin = marks.find(({ line }) => line === beginMessage);
  if (begin === undefined) return marks.length === 0 ? { kind: 'unsigned', text } : notClearsigned();
  const after = marks.filter(({ index }) => index > begin.index);
  const signature = after.find(({ line }) => line === beginSignature);
  const end = after.find(({ line }) => line === endSignature);
  const outside = [...lines.slice(0, begin.index), ...lines.slice((end?.index ?? lines.length) + 1)];
  if (outside.some((line) => trimEnd(line) !== '') || after.some(({ line }) => line === beginMessage)) {
    return refused(
      'text-outside-signature',
      'the file holds text before or after the one signed block',
      'upload the file as debsign made it',
    );
  }
  if (signature === undefined || end === undefined || after.length !== 2 || signature.index > end.index) {
    return malformed('the lines that begin and end text and signature are not in their order');
  }
  return signedBlock(lines.slice(begin.index + 1, signature.index), lines.slice(signature.index + 1, end.index));
};

/** Several times the largest signed file known to us, the `Release` of a large archive. */
const largest = { bytes: 4_194_304, lines: 100_000 };

const beginMessage = '-----BEGIN PGP SIGNED MESSAGE-----';
const beginSignature = '-----BEGIN PGP SIGNATURE-----';
const endSignature = '-----END PGP SIGNATURE-----';

const refused = (rule: string, fact: string, remedy: string): Framed => ({
  kind: 'refused',
  because: refusal(rule, fact, remedy),
});

const malformed = (fact: string): Framed => refused('malformed-signature', fact, 'sign the file anew with debsign');

const notClearsigned = (): Framed =>
  refused(
    'not-clearsigned',
    'the file holds OpenPGP data that is no clearsigned text',
    'use debsign or gpg --clearsign',
  );

/** `undefined` for what is not UTF-8. A byte order mark stays, so that the parser can refuse it. */
const utf8 = (file: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    return undefined;
  }
};

/** `Hash` headers, an empty line, the text; then the armor of the signature. */
const signedBlock = (message: readonly string[], armor: readonly string[]): Framed => {
  const blank = message.indexOf('');
  if (blank < 0) return malformed('no empty line separates headers and text');
  const headers = message.slice(0, blank);
  if (!headers.every((line) => /^Hash: [A-Za-z0-9-]+(?:, ?[A-Za-z0-9-]+)*$/.test(line))) {
    return malformed('the block has other headers than Hash');
  }
  const body = message.slice(blank + 1);
  const odd = body.findIndex((line) => (line.startsWith('-') && !line.startsWith('- ')) || /[\0\r]/.test(line));
  if (odd >= 0)
    return malformed(`line ${odd + 1} of the text holds a dash, carriage return or NUL that is not escaped`);
  const signature = decodeArmor(armor);
  if (signature === undefined) return malformed('the armor of the signature is damaged');
  return {
    kind: 'signed',
    text: body.map((line) => trimEnd(line.startsWith('- ') ? line.slice(2) : line)).join('\n'),
    hashes: headers.flatMap((line) => line.slice(6).split(/, ?/)).map((hash) => hash.toUpperCase()),
    signature,
  };
};

/** By hand: a regular expression takes quadratic time on a line of blanks. */
const trimEnd = (line: string): string => {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
};
