import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { parse } from 'yaml';
import { decode } from '../../domain/codec.ts';
import type { Broken } from '../../ports/installability.ts';

const Package = t.type({ package: t.string, version: t.string });

const Missing = t.type({
  missing: t.type({ pkg: t.intersection([Package, t.type({ 'unsat-dependency': t.string })]) }),
});

/** A list of nothing is an empty text. */
const Report = t.type({
  report: t.union([t.literal(''), t.array(t.intersection([Package, t.partial({ reasons: t.array(t.unknown) })]))]),
});

/** The YAML of `dose-debcheck --failures --explain`; `undefined` when it is not that. */
export const brokenIn = (text: string): readonly Broken[] | undefined => {
  const report = decode(Report, yaml(text));
  if (isLeft(report)) return undefined;
  return (report.right.report === '' ? [] : report.right.report).map(({ package: name, version, reasons }) => ({
    package: name,
    version,
    because: reasonIn((reasons ?? [])[0]),
  }));
};

const reasonIn = (reason: unknown): string => {
  const missing = decode(Missing, reason);
  if (isLeft(missing)) return 'packages that it depends on conflict with each other';
  const { package: name, version, 'unsat-dependency': dependency } = missing.right.missing.pkg;
  return `${name} ${version} depends on ${dependency}, which is nowhere`;
};

/** Versions are text, whatever number they look like. */
const yaml = (text: string): unknown => {
  try {
    return parse(text, { schema: 'failsafe' });
  } catch {
    return undefined;
  }
};
