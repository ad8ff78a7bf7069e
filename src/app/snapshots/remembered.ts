/** What was found out lately, at most `most` of it: what was asked for longest ago is forgotten first. */
export type Remembered<Key, Value> = {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
};

export const remembered = <Key, Value>(most: number): Remembered<Key, Value> => {
  const held = new Map<Key, Value>();
  const set = (key: Key, value: Value): void => {
    held.delete(key);
    held.set(key, value);
    for (const oldest of held.keys()) {
      if (held.size <= most) break;
      held.delete(oldest);
    }
  };
  return {
    get: (key) => {
      const value = held.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
  };
};
