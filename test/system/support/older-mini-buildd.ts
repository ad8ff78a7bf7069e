import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CleanMachine } from './clean-machine.ts';
import { freePort } from './programs.ts';

/**
 * Installs the mini-buildd 2 that Debian has on `machine`, and lets it do its work: it makes its key, a repository `test` and a chroot, builds the packages that it tests itself
 * with, and migrates them. Its home stays in `/var/lib/mini-buildd`. Gives its version, and what it said of its repository at the end.
 */
export const lifeOfAnOlderMiniBuildd = async (machine: CleanMachine, codename: string, mirror: string) => {
  await machine.sh(
    'apt-get -qq update',
    'apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends mini-buildd mount sqlite3',
  );
  const [http, ftp] = [await freePort(), await freePort()];
  await writeFile(join(machine.root, 'root/ask.py'), ask);
  await writeFile(join(machine.root, 'root/life.sh'), life);
  const said = await machine.sh(`sh /root/life.sh ${http} ${ftp} ${codename} ${mirror}`);
  return {
    version: (await machine.sh(`dpkg-query -W -f '\${Version}' mini-buildd`)).trim(),
    home: join(machine.root, 'var/lib/mini-buildd'),
    said,
  };
};

/** `ask.py HTTP CALL NAME=VALUE…`: one call of its API by the administrator, by its own client. */
const ask = `
import sys, urllib.error, urllib.parse
from mini_buildd import net
http, call, *given = sys.argv[1:]
values = dict(each.split("=", 1) for each in given)
values.update(output="json", confirm=call)
endpoint = net.ClientEndpoint("http://admin@127.0.0.1:" + http, protocol="http")
endpoint.login("secret")
try:
    url = "http://127.0.0.1:%s/mini_buildd/api/%s/?%s" % (http, call, urllib.parse.urlencode(values))
    print(endpoint.urlopen(url).read().decode())
except urllib.error.HTTPError as error:
    sys.exit("%s: %s" % (call, error.read().decode()))
`;

/** What its administrator does in its first hour. */
const life = `
set -eu
http=$1 ftp=$2 codename=$3 mirror=$4
home=/var/lib/mini-buildd architecture=$(dpkg --print-architecture)
exec 3>/root/daemon.log
trap '[ $? -eq 0 ] || tail -n 100 /root/daemon.log "$home"/var/events/*/*/*/*/*.buildlog >&2' EXIT
# As a machine that booted has them.
mkdir -p /dev/shm /run/lock
# Nothing of it looks at what lintian says, which each build would install first.
packager=/usr/lib/python3/dist-packages/mini_buildd/package.py
sed -i 's/^_DEFAULT_PORT_OPTIONS = .*/_DEFAULT_PORT_OPTIONS = ["lintian-mode=disabled"]/' "$packager"
grep -q lintian-mode=disabled "$packager"

as_daemon="setpriv --reuid=mini-buildd --regid=mini-buildd --init-groups env HOME=$home PYTHONWARNINGS=ignore"
ask() { python3 /root/ask.py "$http" "$@"; }
start() {
  (cd "$home" && exec $as_daemon /usr/sbin/mini-buildd --hostname localhost --http-endpoint "tcp:port=$http:interface=127.0.0.1" >&3 2>&3) &
  daemon=$!
  for _ in $(seq 240); do
    ! ask status >/dev/null 2>&1 || return 0
    sleep 0.5
  done
  return 1
}
set_to() { sqlite3 -cmd '.timeout 10000' "$home/config.sqlite" "$1"; }
stop() {
  kill "$daemon"
  wait "$daemon" || true
}

(cd "$home" && $as_daemon /usr/sbin/mini-buildd --set-admin-password secret >&3 2>&3)
start
stop
# Its gpg asks for a passphrase where the template does not say that there is none; nobody could answer.
set_to "UPDATE mini_buildd_daemon SET gnupg_template = '%no-protection' || char(10) || gnupg_template"
start
ask setup identity=acme "ftp_endpoint=tcp:port=$ftp:interface=127.0.0.1" "archives=$mirror,\${mirror%/}-security/" \\
  "sources=$codename" "distributions=$codename:$architecture" "repositories=test:Default:$codename" "chroots=$codename:$architecture" update=all pca=all >&3
set_to "UPDATE mini_buildd_distribution SET lintian_mode = 0, build_dep_resolver = 0"
ask start >&3
gpg --batch --quiet --passphrase '' --quick-generate-key 'Oscar <oscar@example.org>' ed25519 sign never 2>&3
ask set_user_key "key=$(gpg --armor --export oscar@example.org)" >&3

build() { ask test_packages sources=mbd-test-archall "distributions=$codename-test-unstable" with_check=True >&3; }
ask keyring_packages "distributions=$codename-test-unstable" >&3
build
ask migrate source=mbd-test-archall "distribution=$codename-test-unstable" >&3
build
ask ls source=mbd-test-archall
stop
`;
