/** An event that another program wrote into the store. */
export class NotOurs extends Error {
  constructor(stream: string, revision: bigint, fact: string) {
    super(
      `Event ${revision} of stream ${stream} was not written by mini-buildd (${fact}); give mini-buildd an event store of its own`,
    );
  }
}

/** Whether asking again cannot help: the store has understood and refuses. */
export const isFinal = (error: unknown): boolean => refusals.has(kindOf(error));

/** Whether the store says that the stream stands elsewhere than the writer expected. */
export const isWrongRevision = (error: unknown): boolean => kindOf(error) === 'wrong-expected-version';

/** Whether the store does not know us, or does not let us. */
export const isDenied = (error: unknown): boolean => kindOf(error) === 'access-denied';

export const isMissingStream = (error: unknown): boolean => kindOf(error) === 'stream-not-found';

/** The client marks its own errors with a `type`; everything else comes from below it. */
const kindOf = (error: unknown): string =>
  error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : '';

const refusals: ReadonlySet<string> = new Set([
  'access-denied',
  'invalid-argument',
  'maximum-append-size-exceeded',
  'missing-required-metadata-property',
  'stream-deleted',
  'unsupported',
]);
