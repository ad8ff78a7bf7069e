import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeDoor } from '../../../src/adapters/http/node-door.ts';

describe('The door of a node', () => {
  it('says whether it can record what it does, and why not', async (test) => {
    let ready: true | string = true;
    const door = await nodeDoor(
      [{ host: '127.0.0.1', port: 0, isTls: false }],
      undefined,
      () => undefined,
      () => ready,
      () => ({
        events: 7,
        isLogWritable: ready === true,
        sealAge: undefined,
        isSealAmiss: false,
        concerns: { critical: 0, warning: 0 },
        queues: [],
      }),
    );
    test.after(door.close);
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${door.ports[0]}${path}`);
      return [answer.status, await answer.text()] as const;
    };
    assert.deepEqual(await ask('/readyz'), [200, 'ready\n']);
    assert.match((await ask('/metrics'))[1], /^mini_buildd_log_writable 1$/m);
    ready = 'the log is unreachable: the event store refuses what we append';
    assert.deepEqual(await ask('/healthz'), [200, 'ok\n']);
    assert.deepEqual(await ask('/readyz'), [503, `${ready}\n`]);
    assert.match((await ask('/metrics'))[1], /^mini_buildd_log_writable 0$/m);
    assert.match((await ask('/metrics'))[1], /^mini_buildd_log_events 7$/m);
    assert.equal((await ask('/'))[0], 404);
  });
});
