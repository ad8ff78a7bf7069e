import type { Answer } from '../../ports/api.ts';

/** An answer for a program or a terminal, with what the deed would put an end to. Pages show that in lists of their own. */
export const inFull = ({ json, plain, ends }: Answer): Pick<Answer, 'json' | 'plain'> => {
  if (ends === undefined || typeof json !== 'object') return { json, plain };
  const lines = [
    ...ends.goes.map((each) => `goes: ${each}\n`),
    ...ends.depends.map((each) => `depends on it: ${each}\n`),
    ...ends.stays.map((each) => `stays: ${each}\n`),
  ];
  return { json: { ...json, ends }, plain: `${plain}${lines.join('')}` };
};
