/** What an error says. Anything may be thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What lies behind an error that hides it: fetch only says that it failed. */
export const causeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof AggregateError ? cause.errors.map(causeOf).join('; ') : reasonOf(cause);
};
