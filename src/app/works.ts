import { type Observable, Subject } from 'rxjs';

/**
 * What takes longer than a moment and is no build: a publication, a change of many packages, a port that is fetched and packed, a past state that
 * is looked for or made ready for apt, an upload on its way, what is removed or tidied, the log that is sealed or held against its seal, what somebody
 * does on the host meanwhile.
 */
export type Work = {
  readonly kind:
    | 'publication'
    | 'change'
    | 'port'
    | 'past state'
    | 'snapshot'
    | 'upload'
    | 'removal'
    | 'tidying'
    | 'seal'
    | 'verification'
    | 'on the host';
  /** The repository or distribution, what is uploaded, or the program. */
  readonly about: string;
  /** What is being done now; `undefined` before anything was said. */
  readonly says: string | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds that it took lately in this life; `undefined` the first time. */
  readonly usual: number | undefined;
};

/** One that has begun. Who holds it says when it is over. */
export type Begun = { readonly say: (line: string) => void; readonly end: (how: 'done' | 'broken off') => void };

/** Works that are under way. Of this life only: whatever they are owed for stands in the log. */
export type Works = {
  readonly now: () => readonly Work[];
  /** One began, ended, or says something else. */
  readonly changes$: Observable<void>;
  /** `startedAt` where it began before we knew of it. */
  readonly begin: (kind: Work['kind'], about: string, startedAt?: number) => Begun;
  readonly during: <A>(
    kind: Work['kind'],
    about: string,
    work: (say: (line: string) => void) => Promise<A>,
  ) => Promise<A>;
};

/** So many of one kind and name are counted for what is usual; and of so many names. */
const counted = 5;
const mostNames = 500;

/** Milliseconds. */
const journalEvery = 10_000;

/** `journal` hears now and then of what takes long, and when it is over of what took longer than a second. */
export const works = (now: () => number, journal: (about: string, line: string) => void): Works => {
  const underWay = new Map<object, Work>();
  const lately = new Map<string, readonly number[]>();
  const changes$ = new Subject<void>();

  const remember = (name: string, took: number): void => {
    const before = lately.get(name) ?? [];
    lately.delete(name);
    lately.set(name, [...before, took].slice(-counted));
    const [oldest] = lately.keys();
    if (lately.size > mostNames && oldest !== undefined) lately.delete(oldest);
  };

  const begin: Works['begin'] = (kind, about, startedAt = now()) => {
    const name = `${kind} ${about}`;
    const key = {};
    const begun: Work = { kind, about, says: undefined, startedAt, usual: middle(lately.get(name) ?? []) };
    const change = (next: Work): void => {
      underWay.set(key, next);
      changes$.next();
    };
    change(begun);
    let told = now();
    return {
      say: (says) => {
        change({ ...begun, says });
        if (now() - told < journalEvery) return;
        told = now();
        journal(about, `${kind}: ${says}`);
      },
      end: (how) => {
        const took = now() - startedAt;
        if (how === 'done') remember(name, took);
        const outcome = how === 'done' ? 'took' : 'was broken off after';
        if (took > 1000) journal(about, `${kind} ${outcome} ${(took / 1000).toFixed(1)} s`);
        underWay.delete(key);
        changes$.next();
      },
    };
  };

  return {
    now: () => [...underWay.values()],
    changes$: changes$.asObservable(),
    begin,
    during: async (kind, about, work) => {
      const begun = begin(kind, about);
      try {
        const done = await work(begun.say);
        begun.end('done');
        return done;
      } catch (error) {
        begun.end('broken off');
        throw error;
      }
    },
  };
};

const middle = (values: readonly number[]): number | undefined =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

/** As pages tell of them. Seconds. */
export const worksAt = (all: readonly Work[], now: number) =>
  all.map(({ kind, about, says, startedAt, usual }) => ({
    kind,
    about,
    says,
    elapsed: Math.max(0, Math.round((now - startedAt) / 1000)),
    usual: usual === undefined ? undefined : Math.round(usual / 1000),
  }));

/** `publication: putting in 12 sources (for 3 s, usually 5)`. */
export const workLine = ({ kind, says, startedAt, usual }: Work, now: number): string => {
  const seconds = (milliseconds: number): string => String(Math.max(0, Math.round(milliseconds / 1000)));
  const expected = usual === undefined ? '' : `, usually ${seconds(usual)}`;
  return `${kind}${says === undefined ? '' : `: ${says}`} (for ${seconds(now - startedAt)} s${expected})`;
};
