import type { FileName } from '../../domain/debian/names.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { SessionOrder, SessionResult, Sessions } from '../../ports/sessions.ts';
import type { Repacked, Repacking, SourcePackager } from '../../ports/source-packager.ts';

/** Packing has no business to take long, whatever a stranger's source package does. */
const bounds = { timeoutSeconds: 1800, silenceSeconds: 600, outputBytes: 8 * 2 ** 30 };

/** Unpacks and packs by the procedure `repack-source`, in a session without any way out; one at a time, beside builds. */
export const sessionPackager = (sessions: Sessions): SourcePackager => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    repack: (order) => {
      const repacked = last.then(async () =>
        repackedBy(await sessions.run(sessionOrder(order), new AbortController().signal)),
      );
      last = repacked.catch(() => {});
      return repacked;
    },
  };
};

const sessionOrder = ({ upload, codename, architecture, files, entry, ownAddress }: Repacking): SessionOrder => ({
  session: `${upload}-port` as SessionId,
  attempt: 1,
  procedure: 'repack-source',
  codename,
  architecture,
  files,
  texts: [
    { name: 'request.json' as FileName, text: JSON.stringify({ source: files[0]?.name, entry, from: ownAddress }) },
  ],
  aptSources: '',
  aptPreferences: '',
  aptHosts: [],
  ...bounds,
  logName: 'repack-source.log.gz' as FileName,
});

const repackedBy = (result: SessionResult): Repacked =>
  result.outcome === 'done' ? { outcome: 'repacked', files: result.files } : { outcome: 'failed', fact: result.fact };
