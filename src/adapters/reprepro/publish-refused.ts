import { type Refusal, refusal, sentence } from '../../domain/refusal.ts';

/** Why a publication did not happen; the message is the refusal as one sentence. */
export class PublishRefused extends Error {
  readonly refusal: Refusal;
  constructor(rule: string, fact: string, remedy: string) {
    const why = refusal(rule, fact, remedy);
    super(sentence(why));
    this.name = 'PublishRefused';
    this.refusal = why;
  }
}
