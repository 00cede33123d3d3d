"""Why a page is no listing: a bot challenge, a consent wall, a script that would draw it, or just another page."""

import re

from lxml import html as lxml_html

from monitor.discover.markup import heading
from monitor.errors import ListingRefused
from monitor.text import one_line, shorten

# A real page says much more than this; what stands in a stub is "please wait" and a copyright.
_STUB_TEXT = 600
_CHALLENGE = re.compile(
    r"just a moment|checking your browser|client challenge|attention required|access denied|access to this page|"
    r"are you (?:a )?(?:human|robot)|not a robot|verify(?:ing)? you are (?:a )?human|human verification|"
    r"security check|bot (?:detection|protection)|ddos protection|pardon our interruption|request unsuccessful|"
    r"enable javascript and cookies|unusual traffic|captcha|один момент|проверка браузера|un instant|un momento",
    re.IGNORECASE,
)
_CHALLENGE_MARKUP = re.compile(
    r"challenge-platform|cf[-_]chl|/cdn-cgi/challenge|_incapsula_|g-recaptcha|h-captcha|hcaptcha\.com|turnstile|"
    r"px-captcha|datadome|ddos-guard|awswaf|distil_",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|we and our partners|accept (?:all )?cookies|cookie consent|consent|"
    r"avant de continuer|nous et nos partenaires|einwilligung|zustimmung|consentimiento|consenso|согласие",
    re.IGNORECASE,
)


def why_no_listing(root: lxml_html.HtmlElement) -> ListingRefused:
    """Return the refusal of a page that came where a feed or a sitemap was expected."""
    title = _title(root)
    return why_no_articles(root) or ListingRefused("html instead of a feed", f"a page titled {title!r}")


def why_no_articles(root: lxml_html.HtmlElement) -> ListingRefused | None:
    """Return why a page holds nothing to read at all, or None where it is a page like any other."""
    title, text = _title(root), _visible(root)
    if len(text) > _STUB_TEXT:
        return None
    scripts = " ".join(f"{script.get('src') or ''} {(script.text or '')[:5000]}" for script in root.iter("script"))
    said = f"{title} {text}"
    if _CHALLENGE.search(said) or _CHALLENGE_MARKUP.search(scripts):
        return ListingRefused("challenge page", f"the site asks for a human: {shorten(said.strip(), 100)!r}")
    if _CONSENT.search(said):
        return ListingRefused("consent wall", f"the site asks for consent first: {shorten(said.strip(), 100)!r}")
    if scripts.strip() and len(text) < _STUB_TEXT // 2:
        return ListingRefused("javascript stub", f"a script instead of content, titled {title!r}")
    return None


def _title(root: lxml_html.HtmlElement) -> str:
    return shorten(heading(root.findtext(".//title") or ""), 100)


def _visible(root: lxml_html.HtmlElement) -> str:
    body = root.find("body")
    pieces = (
        f"{element.text or ''} {element.tail or ''}"
        if element.tag not in ("script", "style", "noscript", "template")
        else element.tail or ""
        for element in (body if body is not None else root).iter()
        if isinstance(element.tag, str)
    )
    return one_line(" ".join(pieces))
