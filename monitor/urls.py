"""Addresses: one key for all spellings of one article, the host politeness is counted by, trackers, canonical links.

Takes text and gives text; asks no network and reads no file but the public suffix list bundled with tldextract. It
errs to the careful side: two spellings kept apart cost a duplicate, two articles taken for one cost a story.
"""

import ipaddress
import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

import idna
import tldextract

# No list is ever downloaded and no cache folder written: both would be surprises in a service that guards its dials.
_SUFFIXES = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())

LONGEST = 2048  # characters; longer addresses are session dumps or attacks, and servers refuse them anyway


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parameters that say where a reader came from, never which article is meant.
_TRACKERS = _words(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id mc_cid mc_eid "
    "mkt_tok mbid ncid ocid cmpid icid smid smtyp s_cid s_kwcid ito xtor xtref wt_mc wtmc wt.mc_id wt_zmc maca "
    "traffic_source ref_src ref_url referrer refsrc guccounter guce_referrer guce_referrer_sig _ga _gl _hsenc _hsmi "
    "__twitter_impression __source __tn__ fb_action_ids fb_action_types fb_source fb_ref action_object_map "
    "action_ref_map action_type_map trk trkcampaign vero_id vero_conv rb_clickid wickedid zanpid spm amp_js_v amp_gsa "
    "usqp echobox openstat _openstat sharetype share_from share_source soc_src soc_trk taid cmp campaign_source "
    "partner_source at_medium at_campaign at_format ns_campaign ns_mchannel ns_source ns_linkname ns_fee"
)
_TRACKER_FAMILIES = (
    "utm_",
    "at_custom",
    "at_link_",
    "at_ptr_",
    "pk_",
    "mtm_",
    "matomo_",
    "piwik_",
    "hsa_",
    "oly_",
    "itm_",
)
# Parameters that mean a channel with one site and an article with another: the value decides.
_PERHAPS_TRACKERS = _words("ref source src from via share rss feed medium channel output outputtype")
_SWITCHES = frozenset(("share", "rss", "feed"))
_ON = frozenset(("", "1", "true", "yes"))
_CHANNELS = _words(
    "rss rss2 rss2.0 atom feed feeds rssfeed rss_feed rss-feed twitter tw x facebook fb telegram tg whatsapp wa viber "
    "vk email mail newsletter google googlenews google_news news_google push pushnotification social share shared "
    "linkedin reddit instagram ig tiktok youtube home homepage front frontpage mobile app amp copylink copy_link "
    "copy link"
)
_AMP_PARAMETERS = frozenset(("amp", "amp_html", "amphtml"))

_ECHO_HOST_LABELS = frozenset(("www", "www1", "www2", "www3", "m", "mobile", "mob", "amp", "wap", "touch"))
_INDEX_PAGES = frozenset(
    ("index.html", "index.htm", "index.php", "index.asp", "index.aspx", "default.aspx", "index.jsp")
)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_AMP_END = re.compile(r"(?:\.amp(?=\.html?$|$)|(?<=\.html)/amp$|/amp(?:\.html?)?$)", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_SPACE_AND_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\u200b]+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Characters a path may hold as they are; everything else is percent-encoded.
_PATH_SAFE = "/!$&'()*+,;=:@-._~%"
_QUERY_SAFE = "/?!$'()*,;:@-._~%+"

# A redirector's page: the article's own address stands in a parameter.
_REDIRECTORS = _words("url redirect redir redirector click out away go link l r l.php away.php link.php url.php")
_TARGETS = ("url", "u", "to", "target", "dest", "destination", "redirect", "link", "q")

_ENTRY_MARK = "#!entry-"


def absolute(url: str, base: str = "") -> str | None:
    """Return the absolute http or https address of a link found at `base`, or None where it is none.

    White space inside (feeds break long links over lines) is removed; a fragment stays.
    """
    url = _SPACE_AND_CONTROL.sub("", url).replace("\\", "/")
    try:
        joined = urljoin(base, url) if base and not url.startswith(("https://", "http://")) else url
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    if not usable or len(joined) > LONGEST:
        return None
    return joined


def identity(url: str) -> str:
    """Return one key for all spellings of one address: equal keys mean the same article.

    The key has neither scheme nor fragment ("example.org/2026/accord?id=7"); it is for comparing, not for fetching.
    What is no http address is its own key.
    """
    parts = _split(_SPACE_AND_CONTROL.sub("", url))
    if parts is None:
        return url.strip()
    parts = _out_of_the_amp_cache(_target(parts) or parts)
    query = _ordered(_pairs(parts.query))
    key = _place(parts) + _plain_path(parts.path)
    fragment = _naming(parts.fragment)
    return key + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


@lru_cache(maxsize=4096)
def registrable_host(url: str) -> str:
    """Return what politeness is counted by: the domain a site's owner registered ("bbc.co.uk").

    An IP address, or a name without a public suffix ("localhost", "intranet"), is its own host. A bare host name
    does as well as an address; what has no host gives "".
    """
    parts = _split(url) or _split(f"http://{url}")
    if parts is None or parts.hostname is None:
        return ""
    host = _host(parts.hostname)
    if _is_address(host):
        return host
    return _SUFFIXES.extract_str(host).top_domain_under_public_suffix or host


def brand(host: str) -> str:
    """Return the label of a registrable host that an outlet is known by, however its editions end ("bbc").

    A numeric address is known by nothing but itself.
    """
    return host if _is_address(host) else host.partition(".")[0]


def without_trackers(url: str) -> str:
    """Return an address that still fetches the same page: without click trackers, redirectors' wrapping and fragment.

    All else, also the order of the parameters, stays as it was. A fragment stays where it names the page.
    """
    parts = _split(url)
    if parts is None:
        return url
    parts = _target(parts) or parts
    kept = [pair for pair in parts.query.split("&") if pair and not _is_tracker(*_named(pair))]
    return urlunsplit(parts._replace(query="&".join(kept), fragment=_naming(parts.fragment)))


def entry_address(listing: str, key: str) -> str:
    """Return the address of an entry that has no page of its own: its listing's, marked with a key that is stable."""
    return f"{listing.partition('#')[0]}{_ENTRY_MARK}{key}"


def has_page(url: str) -> bool:
    """Return False for an address made by `entry_address`: all there is of such an entry stands in its listing."""
    return _ENTRY_MARK not in url


def believable_canonical(canonical: str, asked: str, final: str) -> bool:
    """Return whether a page's canonical link may be taken as its identity.

    `asked` is the address asked for and `final` the one that answered. Not believed: another owner's site (a copy is
    an article of its own), another language edition, the front page or a section, an address that lost the id, and an
    address that tells of something else.
    """
    there, here = _split(canonical), _split(final) or _split(asked)
    if there is None or here is None or len(canonical) > LONGEST:
        return False
    if identity(canonical) in (identity(final), identity(asked)):
        return True
    owners = {registrable_host(asked), registrable_host(final)} - {""}
    if registrable_host(canonical) not in owners or edition(canonical) != edition(final or asked):
        return False
    return not _loses_the_article(there, here)


def edition(url: str) -> str:
    """Return the language edition an address names, by its first folder or first label ("fr", "pt-br"), else ""."""
    parts = _split(url)
    if parts is None:
        return ""
    first = parts.path.lstrip("/").partition("/")[0].casefold()
    if _EDITION.fullmatch(first):
        return first.replace("_", "-")
    label, _, rest = _host(parts.hostname or "").partition(".")
    return label if _EDITION.fullmatch(label) and "." in rest else ""


def path_words(path: str) -> frozenset[str]:
    """Return the words of a path, lower case, at least three letters each, digits and file endings left out."""
    decoded = unquote(path).casefold()
    return frozenset(word for word in re.split(r"[\W\d_]+", decoded) if len(word) > 2 and word not in _FILE_ENDINGS)


_FILE_ENDINGS = frozenset(("html", "htm", "php", "aspx", "asp", "jsp", "shtml"))
_IDS = re.compile(r"\d{5,}|(?=[0-9a-f]*\d)[0-9a-f]{12,}")
_EDITION = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?")


def _loses_the_article(canonical: SplitResult, page: SplitResult) -> bool:
    there, here = _plain_path(canonical.path), _plain_path(page.path)
    if there in ("", "/") or (here.startswith(f"{there}/") and not _is_part_of_one(here[len(there) + 1 :])):
        return True
    ids_there = _pairs(canonical.query)
    if there == here:
        # One script may serve every article: what is left out of the query must not be what tells them apart.
        names_one = _IDS.search(there) is not None or len(path_words(there)) > 3
        return bool(_pairs(page.query)) and not ids_there and not names_one
    if set(_IDS.findall(there)) & set(_IDS.findall(here)):
        return False
    words_there, words_here = path_words(there), path_words(here)
    return len(words_there) > 3 and len(words_here) > 3 and len(words_there & words_here) < 2


def _is_part_of_one(tail: str) -> bool:
    """Return whether what follows an article's path only picks a page or a view of it ("2", "print", "page/3")."""
    return re.fullmatch(r"(?:page[/-]?|p)?\d{1,2}|print(?:able)?|amp|full|single|comments?", tail) is not None


def _split(url: str) -> SplitResult | None:
    """Return the parts of an http or https address, else None. A bad port or bracket is no address."""
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018 -- reading it is what checks it
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


@lru_cache(maxsize=4096)
def _host(name: str) -> str:
    """Return a host name in lower-case ASCII without the root's dot. A name IDNA refuses stays as it is."""
    name = unquote(name).casefold().rstrip(".").replace("\u3002", ".")
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True, transitional=False).decode()
    except idna.IDNAError:
        return name


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _place(parts: SplitResult) -> str:
    """Return host and port as they count for identity: no www, m or amp label, no default port."""
    host = _host(parts.hostname or "")
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    return (host if _is_address(host) else _bare_host(host)) + port


@lru_cache(maxsize=4096)
def _bare_host(host: str) -> str:
    own = registrable_host(host)
    if own == host and host.count(".") > 1 and not _SUFFIXES.extract_str(host).suffix:
        return host.removeprefix("www.")  # an intranet's
    labels = host.removesuffix(own).rstrip(".").split(".") if host.endswith(own) else []
    kept = [label for label in labels if label and label not in _ECHO_HOST_LABELS]
    return ".".join([*kept, own])


def _plain_path(path: str) -> str:
    """Return a path as it counts for identity, without a slash at its end; the root is ""."""
    path = _SESSION.sub("", _one_encoding(path, _PATH_SAFE))
    path = posixpath.normpath(path or "/").replace("//", "/")
    head, _, last = path.rpartition("/")
    if last.casefold() in _INDEX_PAGES:
        path = head
    segments = _AMP_END.sub("", path).split("/")
    if len(segments) > 2 and segments[1].casefold() in ("amp", "m", "mobile") and _tells_an_article(segments[2:]):
        del segments[1]
    return "/".join(segments).rstrip("/")


def _tells_an_article(segments: list[str]) -> bool:
    """Return whether the path left over still names an article: else "/m/" was a section, not a view of one."""
    return len(segments) > 1 or "-" in segments[-1] or any(character.isdigit() for character in segments[-1])


def _one_encoding(text: str, safe: str) -> str:
    """Return text with what needs no percent-encoding decoded, the rest encoded as UTF-8 with upper-case hex."""

    def plain(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return quote(_PERCENT.sub(plain, text), safe=safe)


def _naming(fragment: str) -> str:
    """Return a fragment that names a page: sites made of one script put their whole address there (#!/x, #/x)."""
    return fragment if fragment.startswith(("!", "/")) else ""


def _named(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return unquote(name).casefold(), unquote(value).casefold()


def _pairs(query: str) -> list[str]:
    return [pair for pair in query.replace("&amp;", "&").split("&") if pair and not _is_tracker(*_named(pair))]


def _ordered(pairs: Iterable[str]) -> str:
    """Return the pairs in one order and one encoding, each once."""
    return "&".join(sorted({_one_encoding(pair.replace("+", "%20"), _QUERY_SAFE + "=") for pair in pairs}))


def _is_tracker(name: str, value: str) -> bool:
    if name in _TRACKERS or name.startswith(_TRACKER_FAMILIES):
        return True
    if name in _AMP_PARAMETERS or name in _SWITCHES:
        return value in _ON or value in _CHANNELS
    return name in _PERHAPS_TRACKERS and value in _CHANNELS


def _target(parts: SplitResult) -> SplitResult | None:
    """Return where a redirector's address leads, where it says so itself; else None."""
    if parts.path.rstrip("/").rpartition("/")[2].casefold() not in _REDIRECTORS:
        return None
    found = dict(pair.partition("=")[::2] for pair in parts.query.split("&"))
    for name in _TARGETS:
        inner = _split(_decoded(found.get(name, "")))
        if inner is not None:
            return inner
    return None


def _decoded(value: str) -> str:
    return unquote_to_bytes(value.replace("+", " ")).decode("utf-8", "replace")


def _out_of_the_amp_cache(parts: SplitResult) -> SplitResult:
    """Return the publisher's address of a page in an AMP cache, which keeps it in its path (/c/s/, /amp/s/)."""
    match = re.match(r"/(?:amp|[acv])/s/([^/]+\.[^/]+/.*)", parts.path)
    query = f"?{parts.query}" if parts.query else ""
    return (_split(f"https://{match[1]}{query}") if match else None) or parts
