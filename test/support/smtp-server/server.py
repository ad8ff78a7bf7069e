"""An SMTP server for tests: Debian's aiosmtpd on the loopback, in a process of its own.

Prints its port, then each mail it took as a line of JSON. What it refuses, and how, stands in the local part of the
recipient: 451@… and 550@… are answers to RCPT TO; data-554@… is an answer to the mail itself.
"""

import argparse
import asyncio
import email
import email.policy
import json
import logging
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--login", help="USER:PASSWORD that one has to give")
options = parser.parse_args()
# It warns of a login without TLS: here that is what is asked for.
logging.disable(logging.WARNING)
warnings.simplefilter("ignore")


def say(what):
    print(json.dumps(what), flush=True)


class Taker:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        local = address.split("@")[0]
        if local in ("451", "550"):
            return f"{local} {local[0]}.1.1 <{address}> is not wanted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("data-554@"):
            return f"554 5.6.0 not for {envelope.rcpt_tos[0]}"
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        say(
            {
                "sender": envelope.mail_from,
                "recipients": envelope.rcpt_tos,
                "fields": [[name, str(value)] for name, value in mail.items()],
                "text": mail.get_content().replace("\r\n", "\n"),
                "defects": [str(defect) for part in mail.walk() for defect in part.defects],
                "longestLine": max(len(line) for line in envelope.original_content.split(b"\r\n")),
                "login": (session.auth_data or b"").decode() or None,
            }
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    given = f"{data.login.decode()}:{data.password.decode()}"
    if given != options.login:
        return AuthResult(success=False, handled=False)
    return AuthResult(success=True, auth_data=data.login)


def session():
    login = options.login is not None
    return SMTP(
        Taker(),
        hostname="mail.example.org",
        authenticator=authenticate if login else None,
        auth_required=login,
        auth_require_tls=False,
    )


async def main():
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", options.port)
    say({"port": server.sockets[0].getsockname()[1]})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
