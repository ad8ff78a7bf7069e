// Who listens, of all windows that are open. A browser keeps six connections to a server, over all its tabs, and what is followed holds one
// of them for as long: were each tab to listen, the seventh would get no page any more. So a page listens while it can be seen, and of
// those that can be seen together the ones looked at last.

/** Two of the six are left for everything else. */
const mostTogether = 4;

const me = `${Date.now()}-${Math.random()}`;
const windows = 'BroadcastChannel' in window ? new BroadcastChannel('mini-buildd-listening') : undefined;

/** What this page would follow, each to be paused and resumed. */
const followed = [];

/** Pages that were looked at after this one, and how much they follow. */
const lookedAtSince = new Map();

const isSeen = () => document.visibilityState === 'visible';

const mayListen = () => {
  const others = [...lookedAtSince.values()].reduce((sum, count) => sum + count, 0);
  return isSeen() && others + followed.length <= mostTogether;
};

const arrange = () => {
  for (const each of followed) {
    if (mayListen()) each.resume();
    else each.pause();
  }
};

const tell = () => windows?.postMessage({ from: me, follows: isSeen() ? followed.length : 0 });

const look = () => {
  if (isSeen()) lookedAtSince.clear();
  tell();
  arrange();
};

windows?.addEventListener('message', ({ data: { from, follows } }) => {
  if (follows > 0) lookedAtSince.set(from, follows);
  else lookedAtSince.delete(from);
  arrange();
});
document.addEventListener('visibilitychange', look);
addEventListener('focus', look);
addEventListener('pageshow', look);
addEventListener('pagehide', () => {
  windows?.postMessage({ from: me, follows: 0 });
  for (const each of followed) each.pause();
});

/** A browser does not come again by itself to who refused it. Milliseconds, of which a part is another one for each reader. */
const comeAgain = () => 20_000 + Math.random() * 20_000;

/**
 * Follows `address` while this page may listen, and goes on where it was: `after` in the address says so. `on` has what is to be done with
 * events by their names, and `open`, `lost`, `refused` and `rests` for how it stands.
 */
export const follow = (address, { open = () => {}, lost = () => {}, refused, rests, ...on }) => {
  let source;
  let again;
  let seen;
  const listen = () => {
    const url = new URL(address, location.href);
    if (seen !== undefined) url.searchParams.set('after', seen);
    source = new EventSource(url);
    source.addEventListener('open', open);
    source.addEventListener('error', () => {
      if (source?.readyState !== EventSource.CLOSED) return lost();
      refused();
      again = setTimeout(listen, comeAgain());
    });
    for (const [name, take] of Object.entries(on))
      source.addEventListener(name, ({ data, lastEventId }) => {
        if (lastEventId !== '') seen = lastEventId;
        take(data);
      });
  };
  const stop = () => {
    clearTimeout(again);
    source?.close();
    source = undefined;
    again = undefined;
  };
  const one = {
    resume: () => {
      if (source === undefined && again === undefined) listen();
    },
    pause: () => {
      if (source === undefined && again === undefined) return;
      stop();
      rests();
    },
  };
  followed.push(one);
  look();
  /** Ends it for good. */
  return () => {
    followed.splice(followed.indexOf(one), 1);
    stop();
    look();
  };
};
