import type * as t from 'io-ts';

/** A shape that is not written any more, and what it means today. */
export type Retired = {
  readonly type: string;
  readonly was: Pick<t.Any, 'is'>;
  readonly today: (old: unknown) => unknown;
};

/** Ties a codec to the function that turns what it knows into today's event; applied once, as the log is read. */
export const retire = <Old extends { readonly type: Today['type'] }, Today extends { readonly type: string }>(
  type: Today['type'],
  was: t.Type<Old, unknown>,
  today: (old: Old) => Today,
): Retired => ({ type, was, today: (old) => today(old as Old) });
