import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as t from 'io-ts';
import { eventCodecs } from '../src/domain/event.ts';

/** A codec as io-ts describes itself: enough of it to say what shape it has. */
type Described = t.Mixed & {
  readonly _tag?: string;
  readonly props?: Readonly<Record<string, Described>>;
  readonly types?: readonly Described[];
  readonly type?: Described;
  readonly codomain?: Described;
  readonly value?: unknown;
  readonly keys?: Readonly<Record<string, unknown>>;
};

/** Which streams there are, what they are about, and which file declares their events. */
const streams: readonly {
  readonly title: string;
  readonly about: string;
  readonly source: string;
}[] = [
  {
    title: 'Uploads',
    about: '`upload-ID`: one arrival, from the last file that completes it to the verdict.',
    source: 'upload/events.ts',
  },
  {
    title: 'Builds',
    about: '`build-UPLOAD-ARCHITECTURE`: one build of an accepted upload, over all its attempts.',
    source: 'build/events.ts',
  },
  {
    title: 'Checks',
    about: '`check-UPLOAD-ARCHITECTURE-TOOL`: one tool looks at what one build made, over all its attempts.',
    source: 'check/events.ts',
  },
  {
    title: 'Packages and publications',
    about:
      '`package-REPOSITORY-SOURCE`: one source package in all distributions of a repository. `repository-ID`: what apt sees of it.',
    source: 'archive/events.ts',
  },
  {
    title: 'Changes',
    about:
      '`change-ID`: several steps that are taken all or none. What they are is said on the streams of the packages too.',
    source: 'change/events.ts',
  },
  {
    title: 'BinNMUs',
    about:
      '`binnmu-ID`: sources of a distribution that are built again without a change, in their order. What was built is said on the streams of builds and packages.',
    source: 'binnmu/events.ts',
  },
  {
    title: 'Ports',
    about:
      '`port-ID-DISTRIBUTION`: a source package on its way into another distribution, until it is an upload like any other.',
    source: 'port/events.ts',
  },
  {
    title: 'Configuration',
    about:
      '`instance`, `source-ID`, `distribution-CODENAME`, `layout-NAME`, `repository-ID`, `remote-HOST:PORT`: how things shall be from now on. The last word counts.',
    source: 'configuration/events.ts',
  },
  {
    title: 'Chroots',
    about: '`chroot-CODENAME-ARCHITECTURE`: what builds shall happen in, and how its template fares.',
    source: 'configuration/chroot-events.ts',
  },
  {
    title: 'Remotes',
    about:
      '`remote-HOST:PORT`, beside its configuration: how another instance came to be known, whether it is trusted, and how it does.',
    source: 'remote/events.ts',
  },
  {
    title: 'Buildrequests',
    about: '`buildrequest-SHA256`: what another instance wants built, by the hash of its request, as it does here.',
    source: 'buildrequest/events.ts',
  },
  {
    title: 'Archive keys',
    about: '`instance`: the keys that sign what is published, from their first signature to the last.',
    source: 'archive-key/events.ts',
  },
  {
    title: 'What is kept',
    about:
      '`repository-ID` and `package-REPOSITORY-SOURCE` as above; `snapshot-REPOSITORY-NAME`: a past state that is kept under a name. `file-SHA256`: a file that nobody shall have any more.',
    source: 'retention/events.ts',
  },
  {
    title: 'Accounts',
    about:
      '`account-ID`: who may do what. The id is random; name, address and secrets stand elsewhere and can be erased.',
    source: 'account/events.ts',
  },
  {
    title: 'Notifications',
    about: '`notification-EVENT`: who was told of one event, and who was not. Addresses stand elsewhere.',
    source: 'notification/events.ts',
  },
  {
    title: 'Webhooks',
    about: '`webhook-ID`: a program elsewhere that is told. Its address and secret stand elsewhere.',
    source: 'webhook/events.ts',
  },
  {
    title: 'Restores',
    about: '`instance`: it goes on from a backup.',
    source: 'backup/events.ts',
  },
  {
    title: 'Imports',
    about: '`repository-ID`, beside its configuration: what it holds came from elsewhere.',
    source: 'import/events.ts',
  },
  {
    title: 'Ends',
    about: '`expiry-WHAT`: a key or certificate that ends unless it is renewed.',
    source: 'expiry/events.ts',
  },
  {
    title: 'Seals',
    about: '`seal-N`: the log up to an event, signed by the archive keys.',
    source: 'seal/events.ts',
  },
  {
    title: 'Leases',
    about: '`lease-archive`: which node writes, where several daemons can reach the log.',
    source: 'lease/events.ts',
  },
  {
    title: 'Nodes',
    about:
      '`node-NAME`: a builder on this log that keeps no archive, which process works as it, and what it has chroots for.',
    source: 'node/events.ts',
  },
];

/** What stands in `docs/events.md`: every event with its fields, from the codecs and the comments above them. */
export const eventsDocument = (): string => {
  const sources = new Map(streams.map(({ source }) => [source, readFileSync(domainFile(source), 'utf8')]));
  const sections = streams.map(({ title, about, source }) => {
    const text = sources.get(source) ?? '';
    const events = declaredIn(text).map((name) => eventSection(name, text));
    return [`## ${title}`, '', about, '', ...events].join('\n');
  });
  return [...preamble, ...sections, shapesSection([...sources.values()])].join('\n');
};

const domainFile = (name: string): string => fileURLToPath(new URL(`../src/domain/${name}`, import.meta.url));

const preamble = [
  '# Events',
  '',
  'Everything that ever happened, as it is written. Generated from the codecs by `node ops/generate-events-doc.ts`.',
  '',
  'The envelope of each event holds `id`, `stream`, `revision`, `position`, `recordedAt`, `actor`, `causedBy`,',
  '`correlation` and `subject`. A type that is in use never changes its meaning: `test/golden/events` holds every shape',
  'ever written. An event stays below 64 kB; what is larger is a file, and the event holds its name, size and digest.',
  '',
];

const declaredIn = (text: string): readonly (keyof typeof eventCodecs)[] =>
  [...text.matchAll(/^export const (\w+) = t\.strict\(/gm)]
    .map(([, name]) => name as keyof typeof eventCodecs)
    .filter((name) => Object.hasOwn(eventCodecs, name));

const eventSection = (name: keyof typeof eventCodecs, text: string): string =>
  [`### ${name}`, '', ...described(name, text), ...fieldTable(eventCodecs[name] as unknown as Described), ''].join(
    '\n',
  );

/** The first sentence of the comment above a declaration. */
const described = (name: string, text: string): readonly string[] => {
  const [, comment] = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export const ${name} = `).exec(text) ?? [];
  if (comment === undefined) return [];
  const prose = comment.replace(/\s*\n\s*\*?\s*/g, ' ').trim();
  return [/^.*?\.(?= |$)/.exec(prose)?.[0] ?? prose, ''];
};

const fieldTable = (codec: Described): readonly string[] => {
  const fields = Object.entries(propsOf(codec)).filter(([field]) => field !== 'type');
  if (fields.length === 0) return ['No fields.'];
  const rows = fields.map(([field, of]) => `| \`${field}\` | ${shape(of)} |`);
  return ['| field | shape |', '|---|---|', ...rows];
};

/** A shape in words: named codecs by their name, unnamed ones by what they are made of. */
const shape = (codec: Described): string => {
  switch (codec._tag) {
    case 'ReadonlyArrayType':
    case 'ArrayType':
      return `list of ${codec.type === undefined ? '?' : shape(codec.type)}`;
    case 'UnionType':
      return isNamed(codec) ? linked(codec.name) : (codec.types ?? []).map(shape).join(' or ');
    case 'ExactType':
    case 'InterfaceType':
      return isNamed(codec) ? linked(codec.name) : `{ ${fieldsOf(codec).join(', ')} }`;
    case 'LiteralType':
      return `\`${JSON.stringify(codec.value)}\``;
    case 'KeyofType':
      return Object.keys(codec.keys ?? {})
        .map((key) => `\`${key}\``)
        .join(', ');
    case 'DictionaryType':
      return `text to ${codec.codomain === undefined ? '?' : shape(codec.codomain)}`;
    default:
      return { string: 'text', boolean: 'yes or no' }[codec.name] ?? codec.name;
  }
};

const isNamed = ({ name }: Described): boolean => /^[A-Z]\w*$/.test(name);

const linked = (name: string): string => `[${name}](#${name.toLowerCase()})`;

/** A strict codec wraps the one that has the fields. */
const propsOf = ({ _tag, props, type }: Described): Readonly<Record<string, Described>> =>
  props ?? (_tag === 'ExactType' ? type?.props : undefined) ?? {};

const fieldsOf = (codec: Described): readonly string[] =>
  Object.entries(propsOf(codec)).map(([field, of]) => `\`${field}\` ${shape(of)}`);

/** Shapes that events share, each once, in order of their names. */
const shapesSection = (texts: readonly string[]): string => {
  const found = new Map<string, Described>();
  for (const codec of Object.values(eventCodecs)) collect(codec as unknown as Described, found, true);
  const sections = [...found]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, codec]) => {
      const text = texts.find((each) => each.includes(`export const ${name} = `)) ?? '';
      const body =
        codec._tag === 'UnionType' ? (codec.types ?? []).map((each) => `- ${shape(each)}`) : fieldTable(codec);
      return [`### ${name}`, '', ...described(name, text), ...body, ''].join('\n');
    });
  return [
    '## Shapes',
    '',
    'What several events hold. Names with a rule of their own, such as Version, stand in `src/domain/debian/names.ts`,',
    '`src/domain/ids.ts` and `src/domain/codec.ts`.',
    '',
    ...sections,
  ].join('\n');
};

const collect = (codec: Described, found: Map<string, Described>, isEvent = false): void => {
  const isShape = codec._tag === 'ExactType' || codec._tag === 'UnionType';
  if (isShape && isNamed(codec) && !isEvent) found.set(codec.name, codec);
  const inner = codec._tag === 'ReadonlyArrayType' ? codec.type : codec.codomain;
  for (const part of [...Object.values(propsOf(codec)), ...(codec.types ?? []), inner]) {
    if (part !== undefined) collect(part, found);
  }
};

if (import.meta.main) {
  writeFileSync(fileURLToPath(new URL('../docs/events.md', import.meta.url)), eventsDocument());
}
