"""config.yaml: from the file a person edits to a frozen `Config`, or to every fault in it with line and column."""

from monitor.config.loading import load, sound_part, starter
from monitor.config.model import MailTransport, Tls
from monitor.config.record import MAIL_PASSWORD_VARIABLE, Config, FetchConfig, Keep, MailConfig, WebConfig

__all__ = [
    "MAIL_PASSWORD_VARIABLE",
    "Config",
    "FetchConfig",
    "Keep",
    "MailConfig",
    "MailTransport",
    "Tls",
    "WebConfig",
    "load",
    "sound_part",
    "starter",
]
