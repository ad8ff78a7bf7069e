import { mkdir, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LastBackup } from '../../domain/backup/last.ts';
import { type HearWorks, HostWork, type SeenWork } from '../../ports/host-works.ts';
import { hostWorksFolder, lastBackupFile } from './folder.ts';
import { readOwn } from './own-file.ts';
import { isAlive } from './processes.ts';

export type SeenWorks = {
  /** As it was seen last; `undefined` where none was ever taken. */
  readonly lastBackup: () => LastBackup | undefined;
  /** From now on `heard` is told what was found, each time that it was looked. */
  readonly watch: (heard: HearWorks) => void;
  readonly look: () => Promise<void>;
  readonly close: () => void;
};

/** More do not work at once; others' files are not read without end. */
const mostFiles = 50;

/**
 * Sees what host programs do in `home` beside us, by their files. It looks every `interval` milliseconds: who is killed tells nobody. What an earlier
 * life left is swept away first; who still works says it again.
 */
export const seenWorks = async (home: string, { interval }: { readonly interval: number }): Promise<SeenWorks> => {
  const folder = hostWorksFolder(home);
  await rm(folder, { recursive: true, force: true });
  let heard: HearWorks = () => undefined;
  let lastBackup: LastBackup | undefined;
  let looking: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    const works = await worksIn(folder);
    // Before it is heard that a backup has ended: who shows that shows this.
    const told = await readOwn(lastBackupFile(home), LastBackup);
    lastBackup = Number.isNaN(Date.parse(told?.taken ?? '')) ? undefined : told;
    const brokenOff = works.filter(({ process }) => !isAlive(process));
    for (const { id } of brokenOff) await rm(join(folder, id), { force: true });
    heard(
      works.filter((each) => !brokenOff.includes(each)),
      new Set(brokenOff.map(({ id }) => id)),
    );
  };
  const look = (): Promise<void> => {
    looking ??= once()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  await look();
  const timer = setInterval(() => void look(), interval).unref();
  return {
    lastBackup: () => lastBackup,
    watch: (hear) => {
      heard = hear;
    },
    look,
    close: () => clearInterval(timer),
  };
};

type Found = SeenWork & Pick<HostWork, 'process'>;

const worksIn = async (folder: string): Promise<readonly Found[]> => {
  await mkdir(folder, { recursive: true });
  const found: Found[] = [];
  let files = 0;
  for await (const { name } of await opendir(folder)) {
    files += 1;
    if (files > mostFiles) break;
    const work = name.endsWith('.json') ? await readOwn(join(folder, name), HostWork) : undefined;
    if (work !== undefined) found.push({ ...work, id: name });
  }
  return found;
};
