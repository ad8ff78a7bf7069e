import type { BuildStage, StageTime } from '../../domain/build/events.ts';

/** Sees by sbuild's headings when a stage of a build begins. */
export type StageWatch = {
  readonly heard: (bytes: Buffer) => void;
  /** The last heading as it stands there, whoever wrote it; the one over everything names the package, and is none. */
  readonly title: () => string | undefined;
  /** How long each stage took, the last one until now. */
  readonly times: () => readonly StageTime[];
};

/** Headings in the order in which sbuild writes them, down to the build itself. */
const untilBuild: ReadonlyMap<string, BuildStage> = new Map([
  ['Update chroot', 'chroot'],
  ['Chroot Setup Commands', 'chroot'],
  ['Fetch source files', 'fetch-src'],
  ['Install package build dependencies', 'install-deps'],
  ['Check architectures', 'build'],
  ['Build environment', 'build'],
  ['Build', 'build'],
]);

/** And from there on. */
const afterBuild: ReadonlyMap<string, BuildStage> = new Map([
  ['Changes', 'post-build'],
  ['Buildinfo', 'post-build'],
  ['Package contents', 'post-build'],
  ['Post Build', 'post-build'],
  ['Lintian', 'lintian'],
  ['Piuparts', 'piuparts'],
  ['Autopkgtest', 'autopkgtest'],
  ['Cleanup', 'cleanup'],
  ['Summary', 'keep'],
]);

const order = [...untilBuild.keys(), ...afterBuild.keys()];
const firstAfter = untilBuild.size;

type Mark = { readonly stage: BuildStage; readonly rank: number; readonly at: number };

/** A heading may come in pieces. Characters. */
const longestLine = 200;

/**
 * Begins to count now; `now` in milliseconds. A package can print any heading while it is built: of those before the build the first one of its name counts,
 * of those after it the last one that came after sbuild said that the build is finished.
 */
export const stageWatch = (now: () => number = () => performance.now()): StageWatch => {
  let marks: readonly Mark[] = [{ stage: 'prepare', rank: -2, at: now() }];
  let title: string | undefined;
  let rest = '';
  return {
    heard: (bytes) => {
      const text = rest + bytes.toString('latin1');
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end).slice(0, longestLine);
      for (const said of headingsIn(text.slice(0, end))) {
        marks = after(marks, said, now());
        if (said !== finished && !isOverEverything(said)) title = said;
      }
    },
    title: () => title,
    times: () => timesOf(marks, now()),
  };
};

const finished = undefined;

/** Each title in a box, and where sbuild says that the build is finished. */
const headingsIn = (text: string): readonly (string | typeof finished)[] =>
  [...text.matchAll(/^(?:\| (\S[^\n|]{0,75}?) *\||Build finished at .*)$/gm)].map(([, title]) => title);

const isOverEverything = (title: string): boolean => /\(\S+\)(?: |$)/.test(title);

const after = (marks: readonly Mark[], said: string | typeof finished, at: number): readonly Mark[] => {
  const sure = marks.filter(({ rank }) => rank < firstAfter);
  if (said === finished) return sure;
  const rank = isOverEverything(said) ? -1 : order.indexOf(said);
  const stage = rank === -1 ? 'chroot' : (untilBuild.get(said) ?? afterBuild.get(said));
  if (stage === undefined) return marks;
  if (rank >= firstAfter) return [...marks.filter((mark) => mark.rank < rank), { stage, rank, at }];
  return sure.every((mark) => mark.rank < rank) ? [...sure, { stage, rank, at }] : marks;
};

const timesOf = (marks: readonly Mark[], until: number): readonly StageTime[] => {
  const begun = marks.filter(({ stage }, index) => stage !== marks[index - 1]?.stage);
  return begun.map(({ stage, at }, index) => ({
    stage,
    seconds: Math.round((begun[index + 1]?.at ?? until) - at) / 1000,
  }));
};
