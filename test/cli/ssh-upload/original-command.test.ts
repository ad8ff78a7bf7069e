import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wishIn } from '../../../src/cli/ssh-upload/original-command.ts';

describe('What ssh is asked to run for a key that uploads', () => {
  for (const line of ['internal-sftp', 'internal-sftp -f AUTH', '/usr/lib/openssh/sftp-server', 'sftp-server -l INFO'])
    it(`is SFTP: ${line}`, () => assert.equal(wishIn(line), 'sftp'));

  it('is nothing for modes of files', () => assert.equal(wishIn('chmod 0644 /incoming/hello.dsc'), 'nothing'));

  for (const line of [
    '',
    'id',
    'sh -c sftp-server',
    'rsync --server . /incoming',
    'mv /incoming/a /b',
    'sftp-server;id',
  ])
    it(`is refused with a sentence: ${line || 'a shell'}`, () => {
      const wish = wishIn(line);
      assert.ok(typeof wish === 'object');
      assert.match(wish.refused, /and does nothing else$/);
    });

  it('is refused with what helps for the old scp', () => {
    assert.deepEqual(wishIn('scp -p -t /incoming'), {
      refused: 'the old protocol of scp is not spoken here: leave out -O, or use sftp',
    });
  });
});
