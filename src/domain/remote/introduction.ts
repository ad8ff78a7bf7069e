import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { Instant, text } from '../codec.ts';
import type { RemoteId } from '../configuration/events.ts';
import { onlyParagraph, readField } from '../debian/control-fields.ts';
import { formatParagraph } from '../debian/deb822.ts';
import type { Refusal } from '../refusal.ts';

/** How one instance asks another to be known there: signed with the key it goes by. */
export type Introduction = { readonly http: string; readonly at: Instant };

export const writeIntroduction = ({ http, at }: Introduction): string =>
  formatParagraph([
    { name: 'Introduction', value: 'mini-buildd' },
    { name: 'Http', value: http },
    { name: 'At', value: at },
  ]);

export const readIntroduction = (signedText: string): Either<Refusal, Introduction> => {
  const paragraph = onlyParagraph(signedText);
  if (isLeft(paragraph)) return paragraph;
  const kind = readField(paragraph.right, 'Introduction', Kind);
  if (isLeft(kind)) return kind;
  const http = readField(paragraph.right, 'Http', Address);
  if (isLeft(http)) return http;
  const at = readField(paragraph.right, 'At', Instant);
  return isLeft(at) ? at : right({ http: http.right, at: at.right });
};

const Kind = text('Introduction', /^mini-buildd$/, 'mini-buildd');
/** Where an instance is, as people write it. */
export const Address = text(
  'Address',
  /^(?:https?:\/\/)?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,98}[A-Za-z0-9])?(?::\d{1,5})?\/?$/,
  'HOST:PORT, or an address such as https://buildd.example.org',
);

/** One remote under one name, however its address was written; 8066 is where instances listen. */
export const placeOf = (address: string): { readonly remote: RemoteId; readonly url: string } => {
  const hasScheme = address.includes('://');
  const { protocol, hostname, port } = new URL(hasScheme ? address : `http://${address}`);
  const usual = hasScheme ? (protocol === 'https:' ? '443' : '80') : '8066';
  // A port that is the scheme's own is left out by URL: what was written decides.
  const written = /:(\d+)\/?$/.exec(address)?.[1];
  const host = `${hostname}:${written ?? (port === '' ? usual : port)}`;
  return { remote: host as RemoteId, url: `${protocol}//${host}/` };
};
