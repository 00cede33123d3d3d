"""Header lines that stay what was meant: foreign words that cannot become structure, addresses that are not encoded."""

from email import policy
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import EmailPolicy, Policy

from monitor.digest import inert

LINE = 78  # RFC 5322's advice; its limit is 998


class PlainHeader(UnstructuredHeader, BaseHeader):
    """A header of ASCII tokens (ids, addresses), folded between them.

    The standard fold turns a token longer than a line into an encoded word, which no mail program takes for an id or
    an address.
    """

    def fold(self, *, policy: "Policy[Message[str, str]]") -> str:
        """Return the header's lines; a token stays whole, however long."""
        # The first token stays beside the name: some programs take a line with a name alone for an empty header.
        first, *others = str(self).split() or [""]
        lines = [f"{self.name}: {first}"]
        for token in others:
            if len(lines[-1]) + 1 + len(token) > LINE:
                lines.append("")
            lines[-1] += f" {token}"
        return policy.linesep.join(lines) + policy.linesep


def mail_policy() -> "EmailPolicy[EmailMessage]":
    """Return SMTP's policy with plain folding of the headers that hold ids and addresses of lists."""
    registry = HeaderRegistry()
    for name in ("References", "In-Reply-To", "List-Id", "List-Unsubscribe"):
        registry.map_to_type(name, PlainHeader)
    return policy.SMTP.clone(header_factory=registry)


def inert_words(text: str, limit: int) -> str:
    """Return foreign words for a header: one line, capped, and without encoded words.

    `EmailMessage` decodes "=?utf-8?q?=0D=0ABcc:…?=" when it is set and writes what it finds as it is: on Python 3.11.7
    a title can add a real Bcc (CVE-2024-6923 and its kin).
    """
    return inert.capped(text, limit).replace("=?", "= ?")
