import type { ContentEvent } from '../domain/archive/events.ts';
import type { ChangeAbandoned, ChangeCompleted, ChangePlanned } from '../domain/change/events.ts';
import type { SourceName } from '../domain/debian/names.ts';
import type { Actor, ChangeId, EventId } from '../domain/ids.ts';
import type { Recorded } from './recorded.ts';

/** A change over several steps, until every package that it claimed is free again. */
export type OpenChange = {
  readonly planned: ChangePlanned;
  readonly status: 'planned' | 'completed' | 'abandoned';
  /** Packages that are claimed for it. */
  readonly claimed: ReadonlySet<SourceName>;
  /** Who wanted it. */
  readonly actor: Actor;
  readonly event: EventId;
  readonly correlation: string;
};

/** Folded in place: ask, do not keep. */
export type Changes = {
  readonly open: Map<ChangeId, OpenChange>;
  /** How each change ended. */
  readonly ended: Map<ChangeId, ChangeCompleted | ChangeAbandoned>;
};

export const noChanges = (): Changes => ({ open: new Map(), ended: new Map() });

export const foldChanges = (changes: Changes, { id, actor, correlation, event }: Recorded): void => {
  switch (event.type) {
    case 'ChangePlanned':
      changes.open.set(event.change, {
        planned: event,
        status: 'planned',
        claimed: new Set(),
        actor,
        event: id,
        correlation,
      });
      break;
    case 'ChangeCompleted':
    case 'ChangeAbandoned':
      changes.ended.set(event.change, event);
      update(changes, event.change, { status: event.type === 'ChangeCompleted' ? 'completed' : 'abandoned' });
      break;
    case 'PackageClaimed':
      claims(changes, event.change, (claimed) => claimed.add(event.source));
      break;
    case 'PackageReleased':
      claims(changes, event.change, (claimed) => claimed.delete(event.source));
      break;
    case 'PackageMigrated':
    case 'PackageRemoved':
    case 'PackageRestored':
      settled(changes, event);
      break;
  }
};

const settled = (changes: Changes, { change, source }: Extract<ContentEvent, { change: unknown }>): void => {
  if (change !== null) claims(changes, change, (claimed) => claimed.delete(source));
};

const claims = (changes: Changes, id: ChangeId, change: (claimed: Set<SourceName>) => void): void => {
  const claimed = new Set(changes.open.get(id)?.claimed);
  change(claimed);
  update(changes, id, { claimed });
};

const update = ({ open }: Changes, id: ChangeId, news: Partial<OpenChange>): void => {
  const before = open.get(id);
  if (before === undefined) return;
  const after = { ...before, ...news };
  if (after.status !== 'planned' && after.claimed.size === 0) open.delete(id);
  else open.set(id, after);
};
