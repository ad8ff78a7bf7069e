import type { CleanMachine } from './clean-machine.ts';

/**
 * Upgrades packages of `machine` where a full disk is met at each step: what is unpacked finds no room, then what is configured, by debconf and by dpkg itself. Each
 * has to fail and say why, and to go on when there is room again, with nothing but what dpkg and apt offer. `before` is the version that is there.
 */
export const upgradeWithoutRoom = (machine: CleanMachine, debs: readonly string[], before: string): Promise<string> =>
  machine.sh(
    disks,
    `debs='${debs.join(' ')}' before='${before}'`,
    `version() { dpkg-query -W -f '\${Version} \${db:Status-Status}' mini-buildd; }`,

    // What is in place stays in place, and works.
    'fill /usr/lib/mini-buildd',
    'fails dpkg --install $debs',
    'dpkg --configure -a',
    'test "$(version)" = "$before installed"',
    'mini-buildd --version >/dev/null',
    'empty /usr/lib/mini-buildd',

    'dpkg --unpack $debs',
    'fill /var/cache/debconf',
    'fails dpkg --configure -a',
    'empty /var/cache/debconf',
    'fill /var/lib/dpkg',
    'fails dpkg --configure -a',
    'empty /var/lib/dpkg',
    'dpkg --configure -a',
    'test "$(version)" = "$before+upgrade installed"',
    'dpkg --audit',
    'dpkg --verify mini-buildd mini-buildd-tool',
  );

/** `fill` puts a folder on a file system of its own without any room, `empty` puts it back as it then is. */
const disks = `
fill() {
  kilobytes=$(du --summarize --block-size=1K "$1" | cut -f 1)
  mkdir -p /mnt/full /mnt/under
  mount --bind "$1" /mnt/under
  mount -t tmpfs -o "size=$((kilobytes + kilobytes / 4 + 1024))k,mode=755" full /mnt/full
  cp --archive "$1/." /mnt/full/
  dd if=/dev/zero of=/mnt/full/filler bs=4K 2>/dev/null || true
  mount --move /mnt/full "$1"
}
empty() {
  rm "$1/filler"
  find /mnt/under -mindepth 1 -delete
  cp --archive "$1/." /mnt/under/
  umount "$1" /mnt/under
}
fails() {
  ! "$@" >/mnt/said 2>&1 || { echo "$* did not mind the full disk" >&2; exit 1; }
  grep -q 'No space left on device' /mnt/said || { cat /mnt/said >&2; exit 1; }
}
`;
