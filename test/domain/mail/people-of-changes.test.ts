import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { peopleOfChanges } from '../../../src/domain/mail/people-of-changes.ts';

const changes = (...lines: readonly string[]): string => `Format: 1.8\n${lines.join('\n')}\n`;

describe('The people of a .changes', () => {
  it('are who made it and who maintains the package', () => {
    assert.deepEqual(
      peopleOfChanges(
        changes('Maintainer: "Grover, G." <grover@example.org>', 'Changed-By: Óscar <oscar@example.org>'),
      ),
      {
        changedBy: { name: 'Óscar', address: 'oscar@example.org' },
        maintainer: { name: 'Grover, G.', address: 'grover@example.org' },
      },
    );
  });

  it('are those it was made for, when we made it ourselves', () => {
    const text = changes(
      'Changed-By: mini-buildd <mini-buildd@buildd.example.org>',
      'X-Mini-Buildd-Originally-Changed-By: Oscar <oscar@example.org>',
    );
    assert.equal(peopleOfChanges(text).changedBy?.address, 'oscar@example.org');
  });

  it('are nobody where no single address stands', () => {
    for (const value of [
      '',
      'Oscar',
      'oscar@example.org',
      'Oscar <oscar@example.org>, Grover <grover@example.org>',
      'Oscar <oscar@example.org> <grover@example.org>',
      'Oscar <oscar>',
      'Oscar <a@example.org,b@example.org>',
      'Oscar <"a b"@example.org>',
    ]) {
      assert.deepEqual(
        peopleOfChanges(changes(`Changed-By: ${value}`)),
        { changedBy: undefined, maintainer: undefined },
        value,
      );
    }
    assert.deepEqual(peopleOfChanges('no control data'), { changedBy: undefined, maintainer: undefined });
  });
});
