"""The operator's mail: told once when a source turns bad, and once when it is well again.

Takes the sources' health and what the operator heard last, both from the store; gives one message for all that
changed since, committed with that memory before it is sent. Nobody is told where the config names no operator.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from monitor import health
from monitor.digest import Change, Envelope, notice, seal
from monitor.records import Alert, Edition, Message, Recipient
from monitor.rounds import Shop, healths
from monitor.store import notices

log = structlog.get_logger(__name__)

CHANNEL = "operator"


async def tell(shop: Shop, moment: datetime) -> Message | None:
    """Queue a mail about every source that changed since the operator heard of it; None where nothing is to be told."""
    operator = next((one for one in shop.config.recipients if one.id == shop.config.operator), None)
    if operator is None:
        return None
    await shop.store.write(notices.forget, tuple(source.id for source in shop.config.sources))
    told = await shop.store.read(notices.told_of)
    judged = await healths(shop, moment)
    news = {
        name: state
        for name, verdict in judged.items()
        if (state := health.to_tell(told.get(name, health.State.OK), verdict)) is not None
    }
    if not news:
        return None
    message = _message(shop, operator, news, judged, moment)
    await shop.store.write(notices.tell, message, CHANNEL, news, moment)
    log.warning("operator told", sources={name: state.value for name, state in news.items()})
    return message


def _message(
    shop: Shop,
    operator: Recipient,
    news: dict[str, health.State],
    judged: dict[str, health.Health],
    moment: datetime,
) -> Message:
    changes = [
        Change(
            source.name,
            source.url,
            "" if news[source.id] is health.State.OK else news[source.id].value,
            judged[source.id].why,
            judged[source.id].since,
        )
        for source in shop.config.sources
        if source.id in news
    ]
    letter = notice(changes, ZoneInfo(operator.timezone))
    sender = shop.config.mail.sender
    # The same changes at the same moment are the same mail, whatever came in between.
    key = f"{CHANNEL}/{moment.isoformat()}/{','.join(f'{name}={state}' for name, state in sorted(news.items()))}"
    edition = Edition(Alert(CHANNEL, (), (operator.id,)), operator, (), None, moment)
    return seal(letter, edition, Envelope(sender, sender.rpartition("@")[2], moment, key))
