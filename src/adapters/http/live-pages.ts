import type { Request, Response } from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Caller } from '../../domain/account/caller.ts';
import type { Viewer } from '../../domain/account/viewer.ts';
import { followParts } from './follow-parts.ts';
import type { OpenStreams } from './open-stream.ts';
import type { Pulse } from './pulse.ts';
import { type PageParts, type RenderedParts, renderedParts } from './rendered-parts.ts';
import { sharedParts } from './shared-parts.ts';
import type { Visitor, visitors } from './visitor.ts';

/** What keeps pages fresh for those who look at them. */
export type LivePages = (
  req: Request,
  res: Response,
  page: {
    /** Who asked when they began to look. */
    readonly visitor: Visitor;
    /** Names what anonymous readers look at: it is rendered once for all of them. */
    readonly key: string;
    /** What `visitor` may see of it by then; `undefined` when it is no more. */
    readonly parts: (visitor: Visitor) => Promise<PageParts | undefined>;
    /** Where not every change is one of it. */
    readonly changes?: Pick<Pulse, 'count' | 'beyond'>;
    /** Milliseconds after which it may read otherwise though nothing happened. */
    readonly often: number;
  },
) => Promise<void>;

export const livePages = ({
  visitor: visitorOf,
  viewer,
  changes: all,
  open,
}: {
  readonly visitor: ReturnType<typeof visitors>;
  /** What a caller may see by now. */
  readonly viewer: (caller: Caller) => Pick<Viewer, 'privilege'>;
  readonly changes: Pulse;
  readonly open: OpenStreams;
}): LivePages => {
  const sameForAll = sharedParts<RenderedParts | undefined>();
  return async (req, res, { visitor, key, parts, changes = all, often }) => {
    const stream = open(req, res, 'text/event-stream');
    if (stream === undefined) return;
    const render = async (who: Visitor): Promise<RenderedParts | undefined> => {
      const shown = await parts(who);
      return shown && renderedParts(shown);
    };
    const asked = askedAnew(visitor, visitorOf, req);
    const isStill = async (): Promise<boolean> =>
      viewer(visitor.caller).privilege === visitor.caller.privilege && (await asked());
    const now = async (): Promise<RenderedParts | undefined> => {
      if (visitor.caller.shown === 'nothing') return sameForAll(key, changes.count(), often / 2, () => render(visitor));
      return (await isStill()) ? render(visitor) : undefined;
    };
    await followParts(stream, seenBy(req), now, changes, often);
  };
};

/** A browser says what it saw last when it comes again, and its page what it was loaded with. */
const seenBy = ({ headers, query }: Request): string | undefined => {
  const last = headers['last-event-id'] ?? query.after;
  return typeof last === 'string' ? last : undefined;
};

/** A password costs too much to look at it each time. Milliseconds. */
const passwordHolds = 60_000;

/** Whether who looks would still be let in: a session may end and a token be revoked at any time, and a password be another one. */
const askedAnew = (
  { caller, session }: Visitor,
  visitorOf: ReturnType<typeof visitors>,
  req: Request,
): (() => Promise<boolean>) => {
  const isByPassword = caller.shown === 'password';
  let until = performance.now() + passwordHolds;
  return async () => {
    if (isByPassword && performance.now() < until) return true;
    until = performance.now() + passwordHolds;
    const found = await visitorOf(req);
    // Nobody looked: too many people log in at this moment.
    if (isLeft(found)) return isByPassword && found.left.because.rule === 'busy';
    return found.right.session === session && found.right.caller.privilege === caller.privilege;
  };
};
