import type { Request, Response } from 'express';
import type { Caller } from '../../domain/account/caller.ts';
import type { Viewer } from '../../domain/account/viewer.ts';
import { followParts } from './follow-parts.ts';
import type { OpenStreams } from './open-stream.ts';
import type { Pulse } from './pulse.ts';
import { type PageParts, type RenderedParts, renderedParts } from './rendered-parts.ts';
import { sharedParts } from './shared-parts.ts';
import { stillLetIn } from './still-let-in.ts';
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
    const isStill = stillLetIn(visitor, req, { visitor: visitorOf, viewer });
    const now = async (): Promise<RenderedParts | undefined> => {
      if (visitor.caller.shown === 'nothing') return sameForAll(key, changes.count(), often / 2, () => render(visitor));
      const shown = (await isStill()) ? await render(visitor) : undefined;
      // Asked once more: they may have been sent away while it was put together.
      return (await isStill()) ? shown : undefined;
    };
    await followParts(stream, seenBy(req), now, changes, often);
  };
};

/** A browser says what it saw last when it comes again, and its page what it was loaded with. */
const seenBy = ({ headers, query }: Request): string | undefined => {
  const last = headers['last-event-id'] ?? query.after;
  return typeof last === 'string' ? last : undefined;
};
