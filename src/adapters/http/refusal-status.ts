import { type Refusal, refusal } from '../../domain/refusal.ts';
import { type Api, planChanged } from '../../ports/api.ts';
import { nearest } from './nearest.ts';

/** 4xx for what was asked wrongly, 404 for what is not there (rules `no-…`), 409 for what the state of things forbids. */
export const statusOf = (rule: string): number => {
  switch (rule) {
    case 'unknown-command':
      return 404;
    case 'bad-argument':
    case 'unknown-argument':
    case 'missing-argument':
      return 400;
    case 'needs-privilege':
      return 403;
    case 'needs-engine':
      return 405;
    case planChanged:
      return 412;
    default:
      return rule.startsWith('no-') ? 404 : 409;
  }
};

export const unknownCommand = (name: string, { commands }: Api): Refusal => {
  const meant = nearest(
    name,
    commands.map((command) => command.name),
  );
  return refusal(
    'unknown-command',
    `there is no command "${name.slice(0, 80)}"`,
    meant === undefined ? 'see /mini_buildd/api for all commands' : `did you mean "${meant}"?`,
  );
};
