import * as t from 'io-ts';
import { text } from '../../domain/codec.ts';
import { Architecture } from '../../domain/debian/names.ts';
import { BuildsName } from '../builds/builds-meant.ts';
import { orNothing } from './arguments.ts';
import type { ArgumentOf } from './command.ts';

export const builds: ArgumentOf<BuildsName> = {
  codec: BuildsName,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary: 'Id of an upload, build or binNMU, or a source package',
};

export const maybeArchitecture: ArgumentOf<Architecture | undefined> = {
  codec: orNothing(Architecture),
  positional: false,
  short: 'a',
  fallback: '',
  summary: 'Only this architecture',
};

const Remark = text('Remark', /^[^\p{Cc}]{0,200}$/u, 'at most 200 characters on one line');

/** What a person wants to have on record. */
export const remark = (summary: string): ArgumentOf<string> => ({
  codec: Remark,
  positional: false,
  short: 'r',
  fallback: '',
  summary,
});

const mostPriority = 1000;

const Priority = new t.Type<number, string, unknown>(
  'Priority',
  (input): input is number => Number.isSafeInteger(input),
  (input, context) => {
    const isWhole = typeof input === 'string' && /^[+-]?\d{1,4}$/.test(input);
    return isWhole && Math.abs(Number(input)) <= mostPriority
      ? t.success(Number(input))
      : t.failure(input, context, `a whole number from -${mostPriority} to ${mostPriority}`);
  },
  String,
);

export const buildPriority: ArgumentOf<number> = {
  codec: Priority,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary: `From -${mostPriority} to ${mostPriority}; 0 is usual`,
};
