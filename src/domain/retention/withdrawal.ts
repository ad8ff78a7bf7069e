import { right } from 'fp-ts/lib/Either.js';
import type { Decider } from '../decider.ts';
import type { FileWithdrawn, WithdrawalEvent, WithdrawnFileRemoved } from './events.ts';

/** What became of one file, by its hash. */
export type Withdrawal = { readonly status: 'kept' | 'withdrawn' | 'removed' };

export type WithdrawalCommand =
  | ({ readonly command: 'WithdrawFile' } & Omit<FileWithdrawn, 'type'>)
  | ({ readonly command: 'RemoveWithdrawnFile' } & Omit<WithdrawnFileRemoved, 'type'>);

/** A file that was withdrawn may be uploaded again, and withdrawn again. */
export const withdrawalDecider: Decider<Withdrawal, WithdrawalCommand, WithdrawalEvent, never> = {
  initial: { status: 'kept' },
  evolve: (_, { type }) => ({ status: type === 'FileWithdrawn' ? 'withdrawn' : 'removed' }),
  decide: (command, { status }) => {
    switch (command.command) {
      case 'WithdrawFile': {
        const { command: _, ...withdrawn } = command;
        return right(status === 'withdrawn' ? [] : [{ type: 'FileWithdrawn', ...withdrawn }]);
      }
      case 'RemoveWithdrawnFile':
        return right(status === 'withdrawn' ? [{ type: 'WithdrawnFileRemoved', sha256: command.sha256 }] : []);
    }
  },
};
