import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { decode, Instant } from '../codec.ts';
import { onlyParagraph, readField } from '../debian/control-fields.ts';
import { fieldOf, formatParagraph, linesOf, type Paragraph } from '../debian/deb822.ts';
import { Architecture, Codename, Fingerprint, type Sha256 } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';
import type { RemoteChroot } from './events.ts';

/** How a buildrequest does with who got it. */
export const RequestState = t.keyof(
  { waiting: null, building: null, built: null, declined: null, cancelled: null, sent: null },
  'RequestState',
);
export type RequestState = t.TypeOf<typeof RequestState>;

/**
 * A buildrequest as statements name it, which anybody may read: by the second half of its hash. Who sent it or got it knows which one is meant; to
 * others it does not tell the first half, by which its log is found.
 */
export type RequestMark = string & { readonly RequestMark: unique symbol };

export const markOf = (request: Sha256): RequestMark => request.slice(32) as RequestMark;

/** What an instance says of itself to others, signed with its archive key. */
export type Statement = {
  /** `HOST:PORT` of its web and of its incoming. */
  readonly http: string;
  readonly ftp: string;
  readonly version: string;
  readonly at: Instant;
  readonly running: boolean;
  /** Builds that it runs or that wait for it alone, by places it has. */
  readonly load: number;
  readonly room: number;
  readonly chroots: readonly RemoteChroot[];
  /** Whether it builds binNMUs as such. */
  readonly binNmus: boolean;
  /** Keys of instances that it added, and of those among them that it exchanges builds with. */
  readonly knows: readonly Fingerprint[];
  readonly trusts: readonly Fingerprint[];
  /** Buildrequests of others: how they do; a word on it follows a declined one. */
  readonly requests: ReadonlyMap<RequestMark, { readonly state: RequestState; readonly note: string }>;
  /** Buildrequests of its own whose results it still waits for. */
  readonly awaits: ReadonlySet<RequestMark>;
};

/**
 * Who claims more than this is not believed. All of it stays within the lines and characters that control data
 * may have; what is awaited must not be cut: its builder would end it.
 */
const most = { chroots: 64, knows: 200, requests: 400, awaits: 8_000 };

export const writeStatement = (statement: Statement): string =>
  formatParagraph([
    { name: 'Http', value: statement.http },
    { name: 'Ftp', value: statement.ftp },
    { name: 'Version', value: statement.version },
    { name: 'At', value: statement.at },
    { name: 'Running', value: statement.running ? 'yes' : 'no' },
    { name: 'Load', value: statement.load.toFixed(2) },
    { name: 'Room', value: String(statement.room) },
    list(
      'Chroots',
      statement.chroots.slice(0, most.chroots).map(({ codename, architecture }) => `${codename}/${architecture}`),
    ),
    ...(statement.binNmus ? [{ name: 'Binnmus', value: 'yes' }] : []),
    list('Knows', statement.knows.slice(0, most.knows)),
    list('Trusts', statement.trusts.slice(0, most.knows)),
    list(
      'Buildrequests',
      [...statement.requests].slice(-most.requests).map(([mark, { state, note }]) => `${mark} ${state} ${note}`.trim()),
    ),
    list('Awaits', [...statement.awaits].slice(0, most.awaits)),
  ]);

const list = (name: string, lines: readonly string[]) => ({ name, value: ['', ...lines].join('\n') });

/** Reads what a verifier returned. Everything in it is bounded: a signature says who lies, not that nobody does. */
export const readStatement = (signedText: string): Either<Refusal, Statement> => {
  const paragraph = onlyParagraph(signedText);
  if (isLeft(paragraph)) return paragraph;
  const flat = flatFields(paragraph.right);
  if (isLeft(flat)) return flat;
  const { http, ftp, version, at, running, load, room } = flat.right;
  const chroots = lines(paragraph.right, 'Chroots', most.chroots, RemoteChrootWords);
  if (isLeft(chroots)) return chroots;
  const knows = lines(paragraph.right, 'Knows', most.knows, Fingerprint);
  if (isLeft(knows)) return knows;
  const trusts = lines(paragraph.right, 'Trusts', most.knows, Fingerprint);
  if (isLeft(trusts)) return trusts;
  const requests = lines(paragraph.right, 'Buildrequests', most.requests, RequestLine);
  if (isLeft(requests)) return requests;
  const awaits = lines(paragraph.right, 'Awaits', most.awaits, Mark);
  if (isLeft(awaits)) return awaits;
  return right({
    http,
    ftp,
    version,
    at,
    running: running === 'yes',
    load: Number(load),
    room: Number(room),
    chroots: chroots.right.map((words) => {
      const [codename, architecture] = words.split('/');
      return { codename, architecture } as RemoteChroot;
    }),
    binNmus: fieldOf(paragraph.right, 'Binnmus') === 'yes',
    knows: knows.right,
    trusts: trusts.right,
    requests: new Map(
      requests.right.map((line) => {
        const [mark, state, ...note] = line.split(' ');
        return [mark as RequestMark, { state: state as RequestState, note: note.join(' ') }];
      }),
    ),
    awaits: new Set(awaits.right as readonly RequestMark[]),
  });
};

const matching = (name: string, pattern: RegExp) =>
  new t.Type<string, string, unknown>(
    name,
    (input): input is string => typeof input === 'string' && pattern.test(input),
    (input, context) =>
      typeof input === 'string' && pattern.test(input) ? t.success(input) : t.failure(input, context, name),
    (value) => value,
  );

const Place = matching('HOST:PORT', /^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?:\d{1,5}$/);
const Word = matching('a version', /^[\w.+~-]{1,40}$/);
const YesOrNo = matching('yes or no', /^(?:yes|no)$/);
const Load = matching('a load', /^\d{1,4}\.\d\d$/);
const Room = matching('a number of places', /^\d{1,4}$/);
const RemoteChrootWords = new t.Type<string, string, unknown>(
  'CODENAME/ARCHITECTURE',
  t.string.is,
  (input, context) => {
    const [codename, architecture, ...more] = String(input).split('/');
    return Codename.is(codename) && Architecture.is(architecture) && more.length === 0
      ? t.success(String(input))
      : t.failure(input, context, 'CODENAME/ARCHITECTURE');
  },
  (value) => value,
);
const Mark = matching('half a SHA-256', /^[0-9a-f]{32}$/);
const RequestLine = matching(
  'MARK STATE NOTE',
  /^[0-9a-f]{32} (?:waiting|building|built|declined|cancelled|sent)(?: [\x20-\x7e]{1,200})?$/,
);

const flatFields = (paragraph: Paragraph) => {
  const http = readField(paragraph, 'Http', Place);
  if (isLeft(http)) return http;
  const ftp = readField(paragraph, 'Ftp', Place);
  if (isLeft(ftp)) return ftp;
  const version = readField(paragraph, 'Version', Word);
  if (isLeft(version)) return version;
  const at = readField(paragraph, 'At', Instant);
  if (isLeft(at)) return at;
  const running = readField(paragraph, 'Running', YesOrNo);
  if (isLeft(running)) return running;
  const load = readField(paragraph, 'Load', Load);
  if (isLeft(load)) return load;
  const room = readField(paragraph, 'Room', Room);
  if (isLeft(room)) return room;
  return right({
    http: http.right,
    ftp: ftp.right,
    version: version.right,
    at: at.right,
    running: running.right,
    load: load.right,
    room: room.right,
  });
};

const lines = <A extends string>(
  paragraph: Paragraph,
  name: string,
  bound: number,
  codec: t.Type<A, string, unknown>,
): Either<Refusal, readonly A[]> => {
  const found = linesOf(fieldOf(paragraph, name) ?? '');
  if (found.length > bound) {
    return left(
      refusal('oversized', `${name} has ${found.length} lines, ${bound} are believed`, 'see what that instance claims'),
    );
  }
  const values: A[] = [];
  for (const line of found) {
    const value = decode(codec, line);
    if (isLeft(value))
      return left(
        refusal(
          'malformed-field',
          `${name}: ${value.left.join('; ').slice(0, 200)}`,
          'see that both run the same version',
        ),
      );
    values.push(value.right);
  }
  return right(values);
};

/** How far the clocks of two instances may be apart. */
export const widestSkewMs = 600_000;

/** Whether what was said at `at` may be of now. */
export const skewed = (at: Instant, now: number): Refusal | undefined => {
  const apart = Date.parse(at) - now;
  return Math.abs(apart) <= widestSkewMs
    ? undefined
    : refusal(
        'clock-skew',
        `what it says is of ${at}, ${Math.round(Math.abs(apart) / 1000)} s ${apart > 0 ? 'ahead of' : 'behind'} our clock`,
        'let both machines keep the time, for example with systemd-timesyncd',
      );
};
