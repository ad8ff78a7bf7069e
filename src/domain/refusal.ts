import * as t from 'io-ts';

/**
 * Why something was not done, for a person: the rule that was broken (a stable word a program may
 * compare), the fact that broke it, and what to do about it.
 */
export const Refusal = t.strict({ rule: t.string, fact: t.string, remedy: t.string }, 'Refusal');
export type Refusal = t.TypeOf<typeof Refusal>;

export const refusal = (rule: string, fact: string, remedy: string): Refusal => ({ rule, fact, remedy });

/** One sentence for a log line or an FTP reply. */
export const sentence = ({ rule, fact, remedy }: Refusal): string => `${rule}: ${fact} (${remedy})`;
