import type { Finding } from '../../domain/check/findings.ts';

/** Kinds of findings that are named of each. */
const mostNamed = 10;

/** What a check says otherwise than of the version before, in words; nothing where there is nothing to compare with. */
export const comparison = (
  found:
    | { readonly version: string; readonly appeared: readonly Finding[]; readonly gone: readonly Finding[] }
    | null
    | undefined,
) => ({
  before: found?.version,
  appeared: (found?.appeared ?? []).slice(0, mostNamed).map(inWords),
  gone: (found?.gone ?? []).slice(0, mostNamed).map(inWords),
  more: moreThan(found?.appeared) + moreThan(found?.gone),
});

const moreThan = (findings: readonly Finding[] = []): number => Math.max(0, findings.length - mostNamed);

const inWords = ({ severity, tag, about }: Finding): string => `${severity} ${about === '' ? '' : `${about}: `}${tag}`;
