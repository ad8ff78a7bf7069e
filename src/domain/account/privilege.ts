import * as t from 'io-ts';

/** What somebody may do, each including the ones before. */
export type Privilege = 'none' | 'login' | 'staff' | 'admin';

/** What an account is: a user may log in, staff looks after packages, an admin after the instance. */
export const Role = t.keyof({ user: null, staff: null, admin: null }, 'Role');
export type Role = t.TypeOf<typeof Role>;

/** The most that a token may be used for, whatever its account is. */
export const Scope = t.keyof({ login: null, staff: null, admin: null }, 'Scope');
export type Scope = t.TypeOf<typeof Scope>;

const ladder: readonly Privilege[] = ['none', 'login', 'staff', 'admin'];

export const suffices = (held: Privilege, needed: Privilege): boolean => ladder.indexOf(held) >= ladder.indexOf(needed);

export const lesser = <Held extends Privilege>(one: Held, other: Held): Held => (suffices(one, other) ? other : one);

export const privilegeOf = (role: Role): Scope => (role === 'user' ? 'login' : role);
