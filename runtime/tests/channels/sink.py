"""A mail server on a free port of this machine, for tests: prints the port, then keeps each message as a file.

usage: sink.py FOLDER [CERTIFICATE KEY]
With a certificate it asks for STARTTLS. It knows one login (anna, right) and no mailbox `nobody@`.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Sink:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        (self.folder / f"{self.count:03}.eml").write_bytes(envelope.content)
        return f"250 2.0.0 kept as {self.count}"


def authenticate(server, session, envelope, mechanism, data):
    # Not handled: the server is to answer for us.
    return AuthResult(success=(data.login, data.password) == (b"anna", b"right"), handled=False)


async def main(folder, certificate=None, key=None):
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    sink = Sink(pathlib.Path(folder))

    def session():
        return SMTP(
            sink,
            tls_context=context,
            require_starttls=context is not None,
            authenticator=authenticate,
            auth_require_tls=context is not None,
            hostname="localhost",
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
