import type { StoredFile } from '../../../domain/debian/names.ts';
import type { BuildId } from '../../../domain/ids.ts';
import type { BuildLogs } from '../../../ports/build-logs.ts';
import type { LiveLog } from '../../../ports/builder.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import type { ExpandedLogs } from './expanded-logs.ts';
import { type LineIndex, lineIndex } from './line-index.ts';
import { type LogText, liveText } from './log-text.ts';

/** A log and where its lines are. `isOver`: nothing is written to it any more. */
export type OpenLog = { readonly text: LogText; readonly index: LineIndex; readonly isOver: () => boolean };

/** `gone`: there was one, and it is not kept any more. */
export type OpenLogs = (build: BuildId) => Promise<OpenLog | { readonly gone: StoredFile } | undefined>;

/** Stored logs whose lines are remembered. */
const mostIndices = 64;

/** Finds the log of a build, and looks at each log only once for where its lines are. */
export const openLogs = ({ liveLog, storedLog }: BuildLogs, files: FileStore, expanded: ExpandedLogs): OpenLogs => {
  const alive = new WeakMap<LiveLog, OpenLog>();
  const kept = new Map<string, LineIndex>();
  const ofLive = (live: LiveLog, build: BuildId): OpenLog => {
    const known = alive.get(live);
    if (known !== undefined) return known;
    const text = liveText(live);
    const opened = { text, index: lineIndex(text), isOver: () => liveLog(build) !== live };
    alive.set(live, opened);
    return opened;
  };
  const indexOf = ({ sha256 }: StoredFile, text: LogText): LineIndex => {
    const index = kept.get(sha256) ?? lineIndex(text);
    kept.delete(sha256);
    kept.set(sha256, index);
    const [oldest] = kept.keys();
    if (kept.size > mostIndices && oldest !== undefined) kept.delete(oldest);
    return index;
  };
  return async (build) => {
    const live = liveLog(build);
    if (live !== undefined) return ofLive(live, build);
    const stored = await storedLog(build);
    if (stored === undefined) return undefined;
    if (!(await files.has(stored.sha256))) return { gone: stored };
    const text = await expanded(stored);
    return { text, index: indexOf(stored, text), isOver: () => true };
  };
};
