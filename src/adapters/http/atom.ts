import { type Html, html } from './views/html.ts';

/** One thing that happened to a package. */
type Entry = {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly path: string;
};

export type Feed = {
  readonly instance: string;
  readonly origin: string;
  readonly entries: readonly Entry[];
  readonly next: string | undefined;
};

/** An Atom document (RFC 4287), a page of its feed (RFC 5005 §3). `path` is where the feed is served, `self` this page of it. */
export const atom = ({ instance, origin, entries, next }: Feed, about: string, path: string, self: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n${html`<feed xmlns="http://www.w3.org/2005/Atom">
<id>${xml(origin + path)}</id>
<title>${xml(`mini-buildd ${instance}: ${about}`)}</title>
<updated>${entries[0]?.at ?? '1970-01-01T00:00:00Z'}</updated>
<author><name>${xml(`mini-buildd ${instance}`)}</name></author>
<link rel="self" type="application/atom+xml" href="${xml(origin + self)}"/>
<link rel="alternate" type="text/html" href="${xml(`${origin}/mini_buildd/`)}"/>
${next !== undefined && html`<link rel="next" type="application/atom+xml" href="${xml(`${origin}${path}?before=${encodeURIComponent(next)}`)}"/>\n`}${entries.map((entry) => element(entry, origin))}</feed>
`}`;

const element = ({ id, at, kind, title, text, path }: Entry, origin: string): Html => html`<entry>
<id>urn:uuid:${id}</id>
<title>${xml(title)}</title>
<updated>${at}</updated>
<category term="${kind}"/>
<link rel="alternate" type="text/html" href="${xml(origin + path)}"/>
<content type="text">${xml(text)}</content>
</entry>
`;

/** Without the characters that no XML document may hold, escaped or not (XML 1.0 §2.2), and that `html` does not know. */
const xml = (text: string): string => text.toWellFormed().replace(/[\ufffe\uffff]/g, '\u{FFFD}');
