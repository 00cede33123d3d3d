"""Stories → mails a reader looks forward to: chosen, ordered, rendered and sealed.

Owns the digest and the alert, their words in the reader's language, the sandbox for a user's templates, and the final
bytes with their headers. Takes an `Edition`, gives a `Letter`, then a `Message`. Pure; it neither sends nor stores,
and it does not decide when a mail is due or which stories are news to a reader.
"""

from monitor.digest.checking import check_templates
from monitor.digest.composing import compose
from monitor.digest.finding import builtin_templates
from monitor.digest.notice import Change, notice
from monitor.digest.sample import sample_alert, sample_edition
from monitor.digest.sealing import Envelope, references, seal

__all__ = [
    "Change",
    "Envelope",
    "builtin_templates",
    "check_templates",
    "compose",
    "notice",
    "references",
    "sample_alert",
    "sample_edition",
    "seal",
]
