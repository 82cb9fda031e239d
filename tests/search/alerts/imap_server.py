"""A real IMAP server (Twisted's) over a maildir, in a process of its own: prints its port, serves until it is killed.

python -m tests.search.alerts.imap_server FOLDER [CERTIFICATE KEY]: login bounces, password "open sesame".
"""

import io
import sys
from email import message_from_bytes
from pathlib import Path

from twisted.cred import checkers, portal
from twisted.internet import protocol, reactor, ssl
from twisted.mail import imap4
from zope.interface import implementer

FOLDER = Path(sys.argv[1])


@implementer(imap4.IMessage)
class Mail:
    def __init__(self, path: Path) -> None:
        self.path, self.raw = path, path.read_bytes()
        self.parsed = message_from_bytes(self.raw)

    def getUID(self):
        return int(self.path.name.partition(".")[0])

    def getFlags(self):
        return ["\\Seen"] if self.path.with_name(f"{self.path.name}.seen").exists() else []

    def getInternalDate(self):
        return "05-Oct-2026 05:00:00 +0000"

    def getSize(self):
        return len(self.raw)

    def getHeaders(self, negate, *names):
        return {name.lower(): str(value) for name, value in self.parsed.items()}

    def getBodyFile(self):
        return io.BytesIO(self.raw.partition(b"\r\n\r\n")[2])

    def isMultipart(self):
        return False

    def getSubPart(self, part):
        raise IndexError(part)

    def open(self):
        return io.BytesIO(self.raw)


@implementer(imap4.IMailbox)
class Box:
    def mails(self):
        return [Mail(path) for path in sorted(FOLDER.glob("*.eml"))]

    def getFlags(self):
        return ["\\Seen"]

    def getHierarchicalDelimiter(self):
        return "/"

    def getUIDValidity(self):
        return 1

    def getUIDNext(self):
        return 1000

    def getUID(self, message):
        return self.mails()[message - 1].getUID()

    def getMessageCount(self):
        return len(self.mails())

    def getRecentCount(self):
        return 0

    def getUnseenCount(self):
        return sum(not mail.getFlags() for mail in self.mails())

    def isWriteable(self):
        return True

    def destroy(self):
        raise imap4.MailboxException("never")

    def requestStatus(self, names):
        return imap4.statusRequestHelper(self, names)

    def addListener(self, listener):
        return True

    def removeListener(self, listener):
        return True

    def addMessage(self, message, flags=(), date=None):
        raise imap4.MailboxException("never")

    def expunge(self):
        return []

    def fetch(self, messages, uid):
        mails = list(enumerate(self.mails(), 1))
        messages.last = max((mail.getUID() for _, mail in mails), default=0) if uid else len(mails)
        return [(number, mail) for number, mail in mails if (mail.getUID() if uid else number) in messages]

    def store(self, messages, flags, mode, uid):
        done = {}
        for number, mail in self.fetch(messages, uid):
            if "\\Seen" in flags and mode >= 0:
                mail.path.with_name(f"{mail.path.name}.seen").touch()
            done[number] = mail.getFlags()
        return done


class Account(imap4.MemoryAccount):
    def _emptyMailbox(self, name, key):
        return Box()


@implementer(portal.IRealm)
class Realm:
    def requestAvatar(self, avatar, mind, *interfaces):
        account = Account("bounces")
        account.addMailbox("INBOX")
        account.addMailbox("Back/Mails")
        return imap4.IAccount, account, lambda: None


class Server(protocol.Factory):
    def buildProtocol(self, address):
        server = imap4.IMAP4Server()
        server.portal = portal.Portal(
            Realm(), [checkers.InMemoryUsernamePasswordDatabaseDontUse(bounces=b"open sesame")]
        )
        server.factory = self
        return server


if __name__ == "__main__":
    if len(sys.argv) > 2:
        context = ssl.DefaultOpenSSLContextFactory(sys.argv[3], sys.argv[2])
        listening = reactor.listenSSL(0, Server(), context, interface="127.0.0.1")
    else:
        listening = reactor.listenTCP(0, Server(), interface="127.0.0.1")
    sys.stdout.write(f"{listening.getHost().port}\n")
    sys.stdout.flush()
    reactor.run()
