import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { AccountId, TokenId } from '../../src/domain/account/events.ts';
import type { LoginName, Password, Person } from '../../src/domain/account/person.ts';
import type { Sha256 } from '../../src/domain/debian/names.ts';
import type { NewMail, People } from '../../src/ports/people.ts';
import { oscar, oscarsToken } from '../support/account-examples.ts';
import { manualClock } from '../support/manual-clock.ts';

const person = (account: AccountId, login: string): Person => ({
  account,
  login: login as LoginName,
  fullName: 'Óscar Example' as Person['fullName'],
  email: 'oscar@example.org' as Person['email'],
});
const grover = '00000000000000aa' as AccountId;
const secret = 'correct horse battery' as Password;
const hour = 3600 * 1000;
const day = 24 * hour;

/** What every store of people promises. `make` gives an empty one. */
export const peopleContract = (technology: string, make: (now: () => number) => People): void => {
  describe(`people, ${technology}`, () => {
    let clock = manualClock();
    let people: People;
    beforeEach(async () => {
      clock = manualClock();
      people = make(clock.now);
      assert.equal(await people.add(person(oscar, 'oscar')), 'added');
    });

    it('are found by login and by account', async () => {
      assert.deepEqual(await people.byLogin('oscar' as LoginName), person(oscar, 'oscar'));
      assert.deepEqual(await people.byAccount(oscar), person(oscar, 'oscar'));
      assert.equal(await people.byLogin('grover' as LoginName), undefined);
      assert.equal(await people.byAccount(grover), undefined);
    });

    it('have a login each of their own, that may be written anew', async () => {
      assert.equal(await people.add(person(grover, 'oscar')), 'login-taken');
      assert.equal(await people.byAccount(grover), undefined);
      assert.equal(await people.add(person(oscar, 'oscar2')), 'added');
      assert.equal(await people.add(person(grover, 'oscar')), 'added');
      assert.equal((await people.byLogin('oscar' as LoginName))?.account, grover);
    });

    it('are known by their password, once they have one', async () => {
      assert.equal(await people.checkPassword('oscar', ''), undefined);
      await people.setPassword(oscar, secret);
      assert.equal(await people.checkPassword('oscar', secret), oscar);
      assert.equal(await people.checkPassword('oscar', `${secret} `), undefined);
      assert.equal(await people.checkPassword('grover', secret), undefined);
      assert.equal(await people.checkPassword("' OR 1=1 --", secret), undefined);
    });

    it('are known by who they are elsewhere, until they are erased', async () => {
      const [issuer, subject] = ['https://sso.example.org', '4711'];
      assert.equal(await people.byIdentity(issuer, subject), undefined);
      assert.equal(await people.addByIdentity(person(grover, 'oscar'), issuer, subject), 'login-taken');
      assert.equal(await people.byIdentity(issuer, subject), undefined);
      assert.equal(await people.addByIdentity(person(oscar, 'oscar'), issuer, subject), 'added');
      assert.equal(await people.byIdentity(issuer, subject), oscar);
      assert.equal(await people.byIdentity('https://other.example.org', subject), undefined);
      assert.equal(await people.byIdentity(issuer, '4712'), undefined);
      assert.deepEqual((await people.kept(oscar)).identities, [`${issuer} ${subject}`]);
      await people.erase(oscar);
      assert.equal(await people.byIdentity(issuer, subject), undefined);
    });

    it('may be known by an identity later, too, and no more, and nobody takes that of somebody else', async () => {
      const [issuer, subject] = ['https://sso.example.org', '4711'];
      await people.add(person(grover, 'grover'));
      for (const _ of [1, 2]) assert.equal(await people.addIdentity(oscar, issuer, subject), 'added');
      assert.equal(await people.addIdentity(grover, issuer, subject), 'identity-taken');
      assert.equal(await people.byIdentity(issuer, subject), oscar);
      assert.equal(await people.addIdentity(grover, issuer, '4712'), 'added');
      await people.dropIdentities(oscar);
      assert.equal(await people.byIdentity(issuer, subject), undefined);
      assert.equal(await people.byIdentity(issuer, '4712'), grover);
      assert.deepEqual((await people.kept(oscar)).identities, []);
    });

    it('lose identities that were linked at once, and not that which they were made for', async () => {
      const issuer = 'https://sso.example.org';
      await people.addByIdentity(person(grover, 'grover'), issuer, '4711');
      assert.equal(await people.addIdentity(grover, issuer, '4711'), 'added');
      for (const [account, subject] of [
        [grover, '4712'],
        [oscar, '4713'],
      ] as const)
        assert.equal(await people.addIdentity(account, issuer, subject), 'added');
      await people.dropLinked(grover);
      assert.deepEqual((await people.kept(grover)).identities, [`${issuer} 4711`]);
      assert.deepEqual((await people.kept(oscar)).identities, [`${issuer} 4713`]);
      assert.equal(await people.addIdentity(oscar, issuer, '4712'), 'added');
      await people.dropIdentities(oscar);
      assert.equal(await people.addIdentity(oscar, issuer, '4713'), 'added');
    });

    it('have another mark with every password, also with the same one', async () => {
      await people.add(person(grover, 'grover'));
      assert.equal(await people.passwordMark('oscar'), undefined);
      const marks = new Set<string | undefined>();
      for (const password of [secret, 'another horse' as Password, secret, secret]) {
        await people.setPassword(oscar, password);
        const mark = await people.passwordMark('oscar');
        await people.checkPassword('oscar', 'a guess');
        await people.setPassword(grover, secret);
        assert.equal(await people.passwordMark('oscar'), mark);
        marks.add(mark).add(await people.passwordMark('grover'));
      }
      assert.equal(marks.size, 8);
      await people.erase(oscar);
      assert.equal(await people.passwordMark('oscar'), undefined);
      assert.equal(await people.passwordMark('nobody'), undefined);
    });

    it('are known by a session, until it is closed', async () => {
      const [one, other] = [await people.openSession(oscar), await people.openSession(oscar)];
      assert.notEqual(one, other);
      assert.match(one, /^[\w-]{43}$/);
      await people.closeSession(one);
      assert.equal(await people.bySession(one), undefined);
      assert.equal(await people.bySession(other), oscar);
      await people.closeSessions(oscar);
      assert.equal(await people.bySession(other), undefined);
      assert.equal(await people.bySession(''), undefined);
    });

    it('are forgotten by a session that is not used for a week', async () => {
      const session = await people.openSession(oscar);
      clock.advance(7 * day - 1);
      assert.equal(await people.bySession(session), oscar);
      clock.advance(7 * day);
      assert.equal(await people.bySession(session), undefined);
    });

    it('are forgotten by a session after a month, however it is used', async () => {
      const session = await people.openSession(oscar);
      for (let days = 0; days < 29; days += 1) {
        clock.advance(day);
        assert.equal(await people.bySession(session), oscar, `after ${days + 1} days`);
      }
      clock.advance(day);
      assert.equal(await people.bySession(session), undefined);
    });

    it('keep no more than fifty sessions, the newest', async () => {
      const sessions: string[] = [];
      for (let n = 0; n < 51; n += 1) sessions.push(await people.openSession(oscar));
      assert.equal(await people.bySession(sessions[0] ?? ''), undefined);
      assert.equal(await people.bySession(sessions[1] ?? ''), oscar);
      assert.equal(await people.bySession(sessions[50] ?? ''), oscar);
    });

    it('lose their sessions with their old password, and nobody else theirs', async () => {
      await people.add(person(grover, 'grover'));
      const [his, other] = [await people.openSession(oscar), await people.openSession(grover)];
      await people.setPassword(oscar, secret);
      assert.equal(await people.bySession(his), undefined);
      assert.equal(await people.bySession(other), grover);
    });

    it('are known by a token, until it is dropped', async () => {
      const token = await people.addToken(oscar, oscarsToken);
      assert.match(token, /^mbd_[\w-]{43}$/);
      assert.deepEqual(await people.byToken(token), { account: oscar, token: oscarsToken });
      assert.equal(await people.byToken(oscarsToken), undefined);
      await people.dropToken(oscarsToken);
      assert.equal(await people.byToken(token), undefined);
    });

    it('are known by the key of a certificate, which is one token', async () => {
      const [key, other] = ['ab'.repeat(32) as Sha256, 'cd'.repeat(32) as Sha256];
      await people.add(person(grover, 'grover'));
      assert.equal(await people.addCertificate(oscar, oscarsToken, { key, subject: 'CN=oscar' }), 'added');
      const more = 'aa'.repeat(8) as TokenId;
      assert.equal(await people.addCertificate(grover, more, { key, subject: 'CN=oscar' }), 'certificate-taken');
      assert.deepEqual(await people.byCertificate(key), { account: oscar, token: oscarsToken });
      assert.equal(await people.byCertificate(other), undefined);
      for (const secret of [key, `mbd_${key}`, oscarsToken]) assert.equal(await people.byToken(secret), undefined);
      assert.deepEqual((await people.kept(oscar)).certificates, new Map([[oscarsToken, 'CN=oscar']]));
      assert.deepEqual(await people.tokens(), [oscarsToken]);
      assert.deepEqual((await people.kept(oscar)).tokens, new Set([oscarsToken]));
      assert.equal(await people.addCertificate(oscar, more, { key, subject: 'CN=oscar2' }), 'added');
      assert.deepEqual((await people.kept(oscar)).certificates, new Map([[more, 'CN=oscar2']]));
      assert.equal(await people.addCertificate(oscar, oscarsToken, { key, subject: 'CN=oscar' }), 'added');
      await people.dropToken(oscarsToken);
      assert.equal(await people.byCertificate(key), undefined);
      assert.equal(await people.addCertificate(grover, more, { key, subject: 'CN=grover' }), 'added');
      assert.equal(await people.addCertificate(oscar, oscarsToken, { key: other, subject: 'CN=oscar' }), 'added');
      await people.dropTokens(grover);
      assert.equal(await people.byCertificate(key), undefined);
      await people.erase(oscar);
      assert.equal(await people.byCertificate(other), undefined);
      assert.deepEqual(await people.tokens(), []);
    });

    it('have to be there before they hold a token', async () => {
      await assert.rejects(people.addToken(grover, '00000000000000ab' as TokenId));
    });

    it('are found by their address, whatever capital letters it has', async () => {
      await people.add({ ...person(grover, 'grover'), email: '' as Person['email'] });
      assert.deepEqual(await people.byEmail('OSCAR@example.org' as Person['email']), [person(oscar, 'oscar')]);
      await people.add({ ...person(grover, 'grover'), email: 'Oscar@Example.org' as Person['email'] });
      const both = await people.byEmail('oscar@example.org' as Person['email']);
      assert.deepEqual(
        both.map(({ login }) => login),
        ['grover', 'oscar'],
      );
      assert.deepEqual(await people.byEmail('' as Person['email']), []);
    });

    it('lose all their tokens at once, and nobody else theirs', async () => {
      await people.add(person(grover, 'grover'));
      const [his, other] = [
        await people.addToken(oscar, oscarsToken),
        await people.addToken(grover, 'aa'.repeat(8) as TokenId),
      ];
      await people.dropTokens(oscar);
      assert.equal(await people.byToken(his), undefined);
      assert.equal((await people.byToken(other))?.account, grover);
    });

    it('tell the names of all tokens, but not those that were dropped', async () => {
      await people.addToken(oscar, oscarsToken);
      await people.addToken(oscar, 'aa'.repeat(8) as TokenId);
      await people.dropToken('aa'.repeat(8) as TokenId);
      assert.deepEqual(await people.tokens(), [oscarsToken]);
    });

    const owes = (more: Partial<NewMail> = {}) =>
      people.oweMail({ ...person(oscar, 'oscar'), kind: 'reset', expires: clock.now() + day, ...more });

    it('are owed mails until these are sent, or too late', async () => {
      const [one, other] = [await owes(), await owes({ expires: clock.now() + 2 * day })];
      assert.match(one.secret ?? '', /^[\w-]{43}$/);
      assert.notEqual(one.secret, other.secret);
      assert.deepEqual(await people.owedMails(), [one, other]);
      clock.advance(day);
      assert.deepEqual(await people.owedMails(), [other]);
      await people.mailSent(other.id);
      await people.mailSent(other.id);
      assert.deepEqual(await people.owedMails(), []);
    });

    it('use the link of a mail, sent or not, until it is too late', async () => {
      const { secret = '', ...mail } = await owes({
        kind: 'registration',
        account: grover,
        login: 'grover' as LoginName,
      });
      assert.deepEqual(await people.byLink(secret), mail);
      await people.mailSent(mail.id);
      assert.deepEqual(await people.byLink(secret), mail);
      assert.equal(await people.byLink(''), undefined);
      clock.advance(day - 1);
      assert.deepEqual(await people.byLink(secret), mail);
      clock.advance(1);
      assert.equal(await people.byLink(secret), undefined);
    });

    it('have no link in a mail that only tells', async () => {
      for (const kind of ['has-account', 'login-taken', 'nobody'] as const) {
        const { id, secret } = await owes({ kind });
        assert.equal(secret, undefined);
        await people.mailSent(id);
      }
      assert.deepEqual(await people.owedMails(), []);
    });

    it('lose their links with another password, and nobody else theirs', async () => {
      await people.add(person(grover, 'grover'));
      const [his, other] = [await owes(), await owes({ account: grover })];
      await people.setPassword(oscar, secret);
      assert.equal(await people.byLink(his.secret ?? ''), undefined);
      assert.equal((await people.byLink(other.secret ?? ''))?.account, grover);
      assert.deepEqual(await people.owedMails(), [other]);
    });

    it('may see what is kept of them', async () => {
      assert.deepEqual(await people.kept(oscar), {
        hasPassword: false,
        identities: [],
        tokens: new Set(),
        certificates: new Map(),
        sessions: [],
        mails: [],
      });
      await people.setPassword(oscar, secret);
      await people.openSession(oscar);
      const { kind, expires } = await owes();
      assert.deepEqual(await people.kept(oscar), {
        hasPassword: true,
        identities: [],
        tokens: new Set(),
        certificates: new Map(),
        sessions: [{ opened: clock.now(), expires: clock.now() + 7 * day }],
        mails: [{ kind, expires }],
      });
    });

    it('are erased with every mail to them', async () => {
      await owes();
      await owes({ kind: 'registration', account: grover, email: 'OSCAR@example.org' as Person['email'] });
      const other = await owes({ account: grover, email: 'grover@example.org' as Person['email'] });
      await people.erase(oscar);
      assert.deepEqual(await people.owedMails(), [other]);
    });

    it('leave nothing behind when they are erased, and their login is free', async () => {
      await people.setPassword(oscar, secret);
      const session = await people.openSession(oscar);
      const token = await people.addToken(oscar, oscarsToken);
      await people.erase(oscar);
      await people.erase(oscar);
      assert.equal(await people.byAccount(oscar), undefined);
      assert.equal(await people.byLogin('oscar' as LoginName), undefined);
      assert.equal(await people.checkPassword('oscar', secret), undefined);
      assert.equal(await people.bySession(session), undefined);
      assert.equal(await people.byToken(token), undefined);
      assert.equal(await people.add(person(grover, 'oscar')), 'added');
      assert.equal(await people.checkPassword('oscar', secret), undefined);
    });
  });
};
