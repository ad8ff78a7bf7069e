import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freePorts } from '../../system/support/programs.ts';
import { code, dial } from './dialogue.ts';
import { openDoor } from './open-door.ts';

/** What a logged-in client in /incoming says, and the code of each reply. */
const probes: readonly (readonly [name: string, said: readonly (string | Buffer)[], codes: readonly string[]])[] = [
  ['says where one is', ['PWD', 'XPWD'], ['257', '257']],
  ['lets one go to / and /incoming', ['CWD /', 'CWD incoming', 'CWD /incoming/', 'CDUP'], ['250', '250', '250', '250']],
  ['has no other folder', ['CWD /etc', 'CWD DELAYED/1-day', 'CWD incoming'], ['550', '550', '550']],
  ['has nothing above', ['CWD ..', 'CWD /..', 'CWD ../incoming', 'CWD /incoming/..'], ['550', '550', '550', '550']],
  ['has no home folders', ['CWD ~', 'CWD ~root', `CWD ${'x'.repeat(900)}`], ['550', '550', '550']],
  [
    'answers what clients ask before they send',
    ['SYST', 'FEAT', 'HELP', 'HELP ALLO', 'NOOP', 'ALLO 5'],
    ['215', '211', '214', '214', '200', '202'],
  ],
  [
    'answers what clients set',
    ['TYPE I', 'TYPE A', 'TYPE', 'MODE S', 'STRU F', 'OPTS UTF8 ON', 'OPTS'],
    ['200', '200', '501', '200', '200', '200', '501'],
  ],
  ['serves no file', ['RETR hello.dsc', 'SIZE hello.dsc', 'MDTM hello.dsc', 'STAT /'], ['502', '502', '502', '502']],
  ['lists nothing by machine', ['MLSD', 'MLST', 'MLSD /'], ['502', '502', '502']],
  ['deletes nothing', ['DELE hello.dsc', 'RMD /incoming', 'XRMD x'], ['502', '502', '502']],
  ['renames nothing', ['RNFR hello.dsc', 'RNTO other.dsc'], ['502', '502']],
  ['makes nothing', ['MKD x', 'XMKD /etc/x', 'STOU'], ['502', '502', '502']],
  ['changes nothing', ['SITE CHMOD 777 hello.dsc', 'SITE HELP', 'MFMT 20200101000000 x'], ['502', '502', '502']],
  ['appends to nothing', ['APPE hello.dsc', 'REST 100'], ['502', '502']],
  ['has no TLS to offer', ['AUTH TLS', 'PBSZ 0', 'PROT P'], ['502', '502', '502']],
  ['needs an agreement before a transfer', ['STOR hello.dsc', 'LIST', 'NLST'], ['425', '425', '425']],
  [
    'calls no other host',
    ['PORT 10,0,0,1,0,22', 'EPRT |1|10.0.0.1|2222|', 'EPRT |2|2001:db8::1|2222|'],
    ['500', '500', '500'],
  ],
  [
    'calls no low port',
    ['PORT 127,0,0,1,0,22', 'EPRT |1|127.0.0.1|25|', 'EPRT |1|127.0.0.1|0|'],
    ['500', '500', '500'],
  ],
  [
    'calls no port that is none',
    ['PORT 127,0,0,1,999,1', 'EPRT |1|127.0.0.1|99999|', 'PORT 127,0,0,1,-1,80'],
    ['501', '500', '501'],
  ],
  ['resolves no name', ['EPRT |1|localhost|2222|', 'EPRT |1|0x7f000001|2222|', 'EPRT |3|x|1|'], ['501', '501', '501']],
  [
    'reads an address one way only',
    ['PORT 127,0,0,1', 'PORT', 'EPRT', 'PORT 0177,0,0,1,8,8'],
    ['501', '501', '501', '501'],
  ],
  ['speaks the family one connects by', ['EPSV 2', 'EPSV 3', 'EPSV 1', 'EPSV ALL'], ['522', '522', '229', '200']],
  ['logs nobody in twice', ['USER anonymous', 'USER root', 'PASS x'], ['503', '503', '202']],
  [
    'is not impressed by noise',
    ['X', 'GET / HTTP/1.1', '../../etc', 'STOR\thello.dsc', '\0\0'],
    ['500', '502', '500', '500', '500'],
  ],
  ['knows no inherited verbs', ['CONSTRUCTOR', '__proto__', 'TOSTRING'], ['500', '500', '500']],
  ['has nothing to abort', ['ABOR'], ['226']],
];

/** Names that must never reach the file system. */
const badNames: readonly (readonly [what: string, name: string | Buffer])[] = [
  ['an empty one', ''],
  ['one with a folder above', '../x.changes'],
  ['one with folders above the allowed', '/incoming/../../x.changes'],
  ['an absolute one', '/etc/x'],
  ['one in a folder of its own', 'x/y.dsc'],
  ['the folder itself', '/incoming/'],
  ['two dots', '..'],
  ['a hidden one', '.bashrc'],
  ['an option', '-rf'],
  ['one of 300 bytes', 'x'.repeat(300)],
  ['one of 256 bytes', 'x'.repeat(256)],
  ['one with spaces', 'hello world.dsc'],
  ['a quoted one', '"hello.dsc"'],
  ['a command', '$(reboot).dsc'],
  ['two commands', 'a;b.dsc'],
  ['a backslash', 'a\\b.dsc'],
  ['a percent escape', '%2e%2e%2fx'],
  ['a control character', 'a\x07b.dsc'],
  ['a NUL', 'a.dsc\0.exe'],
  ['a carriage return', 'a\rb.dsc'],
  ['letters beyond ASCII', 'é.dsc'],
  ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62])],
  ['a trailing space', 'hello.dsc '],
];

describe('the FTP door', () => {
  for (const [name, said, codes] of probes)
    it(name, async (t) => {
      const door = await openDoor(t);
      const client = await door.client();
      const heard: string[] = [];
      for (const line of said) heard.push(code(await client.say(line)));
      assert.deepEqual(heard, codes);
      assert.equal(code(await client.say('NOOP')), '200');
      assert.deepEqual(await door.stored(), []);
    });

  for (const [what, name] of badNames)
    it(`takes no file named by ${what}`, async (t) => {
      const door = await openDoor(t);
      const client = await door.client();
      await client.data();
      const reply = await client.say(Buffer.concat([Buffer.from('STOR '), Buffer.from(name)]));
      assert.equal(code(reply), '553');
      assert.deepEqual(await door.stored(), []);
    });

  it('lets nobody do anything before he has logged in', async (t) => {
    const door = await openDoor(t);
    const client = await dial(door.incoming.port);
    const verbs = ['CWD /incoming', 'PASV', 'EPSV', 'PORT 127,0,0,1,8,8', 'STOR hello.dsc', 'LIST', 'TYPE I', 'PWD'];
    const heard: string[] = [];
    for (const verb of verbs) heard.push(code(await client.say(verb)));
    assert.deepEqual(new Set(heard), new Set(['530']));
    client.drop();
  });

  it('tells a client that names somebody how to log in', async (t) => {
    const door = await openDoor(t);
    const client = await dial(door.incoming.port);
    assert.match(await client.say('USER root'), /^530 .*login = anonymous/);
    assert.equal(code(await client.say('PASS secret')), '503');
    assert.equal(code(await client.say('USER ftp')), '331');
    assert.equal(code(await client.say('PASS')), '230');
    assert.ok(!door.logged.join().includes('secret'));
    client.drop();
  });

  it('understands a command in however many packets', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    client.socket.setNoDelay(true);
    for (const byte of Buffer.from('CWD /incomi')) {
      client.mutter(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    assert.equal(code(await client.say('ng')), '250');
  });

  it('does not mistake a letter cut in two for others', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    await client.data();
    client.socket.setNoDelay(true);
    client.mutter(Buffer.from('STOR \xc3', 'latin1'));
    await new Promise(setImmediate);
    assert.equal(code(await client.say(Buffer.from('\xa9.txt', 'latin1'))), '553');
  });

  it('ends a session that says a line of 1 MB, and nothing else', async (t) => {
    const door = await openDoor(t);
    const other = await door.client();
    const client = await door.client();
    client.mutter(Buffer.alloc(1024 * 1024, 'x'));
    assert.match(await client.hear(), /^500|^closed/);
    assert.equal(await client.hear(), 'closed');
    assert.equal(code(await other.say('NOOP')), '200');
  });

  it('takes a line of the greatest length', async (t) => {
    const door = await openDoor(t, { limits: { line: 600 } });
    const client = await door.client();
    assert.equal(code(await client.say(`CWD ${'x'.repeat(500)}`)), '550');
  });

  it('ends a session that never waits for an answer', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    client.mutter('NOOP\r\n'.repeat(5_000));
    for (let heard = await client.hear(); heard !== 'closed'; heard = await client.hear())
      assert.match(heard, /^(?:200|421) /);
  });

  it('answers commands sent together in their order', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    client.mutter('NOOP\r\nPWD\r\nSYST\r\nQUIT\r\n');
    const heard = [await client.hear(), await client.hear(), await client.hear(), await client.hear()];
    assert.deepEqual(heard.map(code), ['200', '257', '215', '221']);
    assert.equal(await client.hear(), 'closed');
  });

  it('shows an empty folder to whoever lists it', async (t) => {
    const door = await openDoor(t);
    const client = await door.client();
    assert.equal(code(await client.store('hello.dsc', 'secret until built')), '226');
    for (const verb of ['LIST', 'NLST', 'LIST -al /incoming', 'LIST /etc']) {
      const data = await client.data();
      assert.equal(code(await client.say(verb)), '150');
      let listing = '';
      for await (const bytes of data) listing += String(bytes);
      assert.equal(listing, '');
      assert.equal(code(await client.hear()), '226');
    }
  });

  it('holds one passive port for one client, however often he asks', async (t) => {
    const free = await freePorts(2);
    const door = await openDoor(t, { passivePorts: free });
    const greedy = await door.client();
    const other = await door.client();
    for (let asked = 0; asked < 10; asked += 1)
      assert.match(await greedy.say(asked % 2 === 0 ? 'PASV' : 'EPSV'), /^22[79] /);
    assert.equal(code(await other.store('hello.dsc', 'hello')), '226');
  });

  it('says so when every passive port is taken, and has them back when a client leaves', async (t) => {
    const free = await freePorts(1);
    const door = await openDoor(t, { passivePorts: free });
    const first = await door.client();
    const second = await door.client();
    assert.equal(code(await first.say('EPSV')), '229');
    assert.equal(code(await second.say('PASV')), '425');
    assert.equal(code(await first.say('QUIT')), '221');
    assert.equal(await first.hear(), 'closed');
    assert.equal(code(await second.store('hello.dsc', 'hello')), '226');
  });

  it('announces the address the client came to, in the family he came by', async (t) => {
    const door = await openDoor(t);
    const four = await door.client();
    assert.match(await four.say('PASV'), /^227 .*\(127,0,0,1,\d+,\d+\)/);
    const six = await door.client('::1');
    assert.equal(code(await six.say('PASV')), '425');
    assert.match(await six.say('EPSV'), /^229 .*\(\|\|\|\d+\|\)/);
    assert.equal(code(await six.say('EPSV 1')), '522');
  });
});
